-- Users are called accounts, as in PostgreSQL, where `user` is a reserved word: statements that both
-- backends understand are written once.
ALTER TABLE user RENAME TO account;
ALTER TABLE role_grant RENAME COLUMN user TO account;
ALTER TABLE token RENAME COLUMN user TO account;
ALTER TABLE access_key RENAME COLUMN user TO account;
ALTER TABLE audit_event RENAME COLUMN user TO account;
