DELETE FROM attempt WHERE number <= :number - 4096;
