//! Everything that runs on the server. Reading order: `tasks` (use cases), `queue` (who works on them), `generate`
//! (the work), `model` (language models that may help), `store` (the durable log), `hub` (live fan-out), `told` (webhooks and mail), `http` (the way in and out); then what they stand on.

pub mod tasks;

pub mod queue;

pub mod generate;

pub mod model;

pub mod store;

pub mod hub;

pub mod told;

pub mod http;

pub mod accounts;
pub mod clock;
pub mod config;
mod error;
pub mod fetch;
pub mod functions;
pub mod highlight;
pub mod inert;
pub mod lifecycle;
pub mod limits;
pub mod random;
pub mod run;
pub mod state;
pub mod telemetry;
