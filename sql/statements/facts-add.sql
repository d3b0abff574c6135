-- Adds up to eight facts to a JSON object. An unused name has the value NULL,
-- and a NULL in a patch (RFC 7396) takes away or adds nothing.
SELECT json_patch(:facts, json_object(
    :name1, :value1, :name2, :value2, :name3, :value3, :name4, :value4,
    :name5, :value5, :name6, :value6, :name7, :value7, :name8, :value8));
