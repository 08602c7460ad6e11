-- Who did it, where that is somebody else than whom it was done to; NULL with an action of an operator: on the command line.
ALTER TABLE audit ADD COLUMN by_account_id BLOB;

-- Admins who are let in: few.
CREATE INDEX account_admin ON account (account_id) WHERE role = 'admin' AND disabled_at IS NULL;
