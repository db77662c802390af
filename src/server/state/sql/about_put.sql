INSERT OR REPLACE INTO about (one, options, history_end, history, epoch)
VALUES (1, :options, :history_end, :history, :epoch)
