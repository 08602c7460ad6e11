//! Keys of providers: read from the environment, shown by nobody.
//!
//! A [`Secret`] has no `Display`, no serialisation and a `Debug` that says nothing; [`Secret::reveal`] is called where a header is
//! made, or a mail server is signed in to, and nowhere else. Leaves out storing keys: they live as long as the process.

use std::{collections::BTreeMap, fmt};

/// Text that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Without the spaces and line ends that copying brings along; nothing when nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.into()))
    }

    pub(in crate::server) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// The keys that the environment gives, by the variable's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(BTreeMap<String, Secret>);

impl Keys {
    /// Those of `variables` that are named and not empty.
    pub fn read<'n>(names: impl IntoIterator<Item = &'n str>, variables: &BTreeMap<String, String>) -> Self {
        Self(names.into_iter().filter_map(|name| Some((name.to_owned(), Secret::new(variables.get(name)?)?))).collect())
    }

    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }

    /// The first of these variables that is set.
    pub fn first(&self, names: &[&str]) -> Option<&Secret> {
        names.iter().find_map(|name| self.get(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let variables = BTreeMap::from([("A_KEY".to_owned(), " hush-hush\n".to_owned()), ("EMPTY".to_owned(), "  ".to_owned())]);
        let keys = Keys::read(["A_KEY", "EMPTY", "ABSENT"], &variables);
        assert_eq!(keys.first(&["ABSENT", "A_KEY"]).map(Secret::reveal), Some("hush-hush"));
        assert_eq!(keys.get("EMPTY"), None);
        assert!(!format!("{keys:?} {keys:#?}").contains("hush"), "{keys:?}");
    }
}
