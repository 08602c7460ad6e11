//! Everything that runs on the server. Reading order: `tasks` (use cases), `queue` (who works on them), `generate`
//! (the work), `store` (the durable log), `hub` (live fan-out), `http` (the way in and out).

pub mod clock;
pub mod fetch;
pub mod generate;
pub mod highlight;
pub mod http;
pub mod random;
pub mod store;
pub mod tasks;
