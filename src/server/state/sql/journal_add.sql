INSERT INTO journal (at, change, crc) VALUES (:at, :change, :crc)
