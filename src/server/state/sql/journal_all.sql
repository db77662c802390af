SELECT number, at, change, crc FROM journal ORDER BY number
