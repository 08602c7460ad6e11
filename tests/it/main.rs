//! Everything that is tested through a public door, in one binary: one link instead of many.
//!
//! Whole-app tests run real servers on free ports with real databases in temporary folders (`harness`).
//!
//! - `access`: who may see what, and what happens to requests that should not be
//! - `accounts`: registering, signing in and out, keys, tickets, and what is revoked
//! - `admin`: looking after everybody's accounts
//! - `gates`: what is called completed was built and tested, also what was written with ill will
//! - `limits`: how often somebody may ask
//! - `live`, `slow`: every way of watching a task gives the same log; slow clients harm only themselves
//! - `model`: language models over real sockets, well and badly spoken
//! - `prompt`: rough prompts in, the founding steps, better prompts out
//! - `projects`: briefs and models in, projects out: over REST, on the command line, with language models good and bad
//! - `queue`: retry, cancel, stop and resume
//! - `canary`: no secret and no input is in what the real binary writes, however talkative it is
//! - `process`: the real binary, as tests start it
//! - `crash`: the real binary, killed in the middle of a run
//! - `fork`: runs that begin from earlier ones, edited files, what differs
//! - `founding`: the endpoints of the founding documents, each tested from its document, field by field
//! - `room`: projects' rooms: links, who is there, what is said
//! - `readme`: what README tells people to type, typed
//! - `sandbox`: what tries to get out of it, and what is left when it ends
//! - `store`: the conformance suite of [`livegen::server::store::Store`], run for every database
//! - `suite`: generated suites run against a correct server and against faulty ones
//! - `told`: webhooks and mail, over real sockets, well and badly received
//! - `tidy`: the house rules that a compiler does not know

mod access;
mod accounts;
mod admin;
mod canary;
mod crash;
mod fork;
mod founding;
mod gates;
mod graph;
mod harness;
mod limits;
mod live;
mod model;
mod nowhere;
mod openapi;
mod process;
mod projects;
mod prompt;
mod queue;
mod readme;
mod room;
mod sandbox;
mod slow;
mod store;
mod suite;
mod tidy;
mod told;
