INSERT INTO temp.incoming (number, body) VALUES (:number, :body);
