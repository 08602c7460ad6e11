//! One file a page.

mod asked;
mod history;
mod home;
mod load;
mod new;
mod not_found;
mod task;
mod task_list;
mod trouble;

pub use history::HistoryPage;
pub use home::HomePage;
pub use new::NewTestSuitePage;
pub use not_found::NotFoundPage;
pub use task::TaskPage;
