UPDATE salt SET value = :value WHERE position = :position;
