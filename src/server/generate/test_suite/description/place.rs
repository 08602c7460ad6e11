//! A node of the document together with the way to it, so that every fault can say where it is.

use std::rc::Rc;

use crate::server::generate::test_suite::json::Json;

/// Pointers are for people; a hostile key must not make megabytes of them.
const MAX_POINTER_CHARS: usize = 300;

/// A node and the way to it. Cheap to clone: the way is shared.
#[derive(Clone)]
pub struct Place<'a> {
    pub node: &'a Json,
    way: Option<Rc<Way<'a>>>,
}

struct Way<'a> {
    before: Option<Rc<Self>>,
    step: Step<'a>,
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    pub fn root(node: &'a Json) -> Self {
        Self { node, way: None }
    }

    fn below(&self, node: &'a Json, step: Step<'a>) -> Self {
        Self { node, way: Some(Rc::new(Way { before: self.way.clone(), step })) }
    }

    pub fn get(&self, key: &str) -> Option<Self> {
        match self.node {
            Json::Map(map) => map.get_key_value(key).map(|(key, node)| self.below(node, Step::Key(key))),
            _ => None,
        }
    }

    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Self)> + '_ {
        let map = match self.node {
            Json::Map(map) => Some(map),
            _ => None,
        };
        map.into_iter().flatten().map(|(key, node)| (key.as_str(), self.below(node, Step::Key(key))))
    }

    pub fn items(&self) -> impl Iterator<Item = Self> + '_ {
        self.node.list().iter().enumerate().map(|(index, node)| self.below(node, Step::Index(index)))
    }

    /// Follows a decoded JSON pointer (without the leading `#`).
    pub fn follow(&self, pointer: &str) -> Option<Self> {
        let mut here = self.clone();
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            here = match here.node {
                Json::Map(_) => here.get(&token)?,
                Json::List(items) => {
                    let index: usize = token.parse().ok()?;
                    here.below(items.get(index)?, Step::Index(index))
                }
                _ => return None,
            };
        }
        Some(here)
    }

    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.node.get(key).and_then(Json::text)
    }

    pub fn flag(&self, key: &str) -> bool {
        self.node.get(key) == Some(&Json::Bool(true))
    }

    pub fn is_map(&self) -> bool {
        matches!(self.node, Json::Map(_))
    }

    /// The node's identity within its document: the same place reached by two ways is one node.
    pub fn identity(&self) -> usize {
        std::ptr::from_ref(self.node) as usize
    }

    /// RFC 6901.
    pub fn pointer(&self) -> String {
        let mut steps = Vec::new();
        let mut way = self.way.as_deref();
        while let Some(here) = way {
            steps.push(match here.step {
                Step::Key(key) => key.chars().take(MAX_POINTER_CHARS).collect::<String>().replace('~', "~0").replace('/', "~1"),
                Step::Index(index) => index.to_string(),
            });
            way = here.before.as_deref();
        }
        let mut pointer = String::new();
        for step in steps.iter().rev() {
            pointer.push('/');
            pointer.push_str(step);
        }
        if pointer.chars().count() > MAX_POINTER_CHARS {
            pointer = pointer.chars().take(MAX_POINTER_CHARS).chain(['…']).collect();
        }
        pointer
    }
}
