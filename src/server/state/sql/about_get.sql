SELECT options, history_end, history, epoch FROM about
