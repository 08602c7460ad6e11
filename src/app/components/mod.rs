//! What pages are made of, one thing a file.

pub mod agent_graph;
pub mod announcer;
pub mod connection;
pub mod copy_button;
pub mod files;
pub mod footer;
pub mod gates;
pub mod header;
pub mod icon;
pub mod log;
pub mod moment;
pub mod problem_note;
pub mod progress_bar;
pub mod prompt_result;
pub mod room;
pub mod shortcuts;
pub mod so_far;
pub mod stage_rail;
pub mod status_pill;
pub mod tab_title;
pub mod task_error;
pub mod task_head;
pub mod task_progress;
pub mod task_table;
pub mod tell_me;
pub mod theme_switch;
