-- What the log was when it was sealed: docs/adr/0019. A digest covers every event from the first on to its
-- position, so one of them proves all that lies before it.
CREATE TABLE log_seal (
    position  bigint      NOT NULL PRIMARY KEY CHECK (position >= 1),
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    digest    bytea       NOT NULL CHECK (octet_length(digest) = 32)  -- SHA-256
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE log_seal ENABLE ALWAYS TRIGGER append_only;
