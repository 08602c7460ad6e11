//! One file a page.

mod history;
mod home;
mod new;
mod not_found;
mod task;
mod trouble;

pub use history::HistoryPage;
pub use home::HomePage;
pub use new::NewTestSuitePage;
pub use not_found::NotFoundPage;
pub use task::TaskPage;
