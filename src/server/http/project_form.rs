//! The form of a new project, as browsers send it.

use serde::Deserialize;

use crate::protocol::project::{ProjectInput, ProjectOptions};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProjectForm {
    pub brief: Option<String>,
    pub text: Option<String>,
    /// `draft`: no project yet, but a model of the brief. `import`: one of the API description.
    action: Option<String>,
    stack: Option<String>,
    database: Option<String>,
    access: Option<String>,
    licence: Option<String>,
    front_end: Option<String>,
    docker: Option<String>,
    ci: Option<String>,
}

impl ProjectForm {
    /// Line ends as they were typed. A model is what was made of the brief: where there is one, it counts, and the brief says what was meant.
    pub(super) fn input(&self) -> ProjectInput {
        let plain = |text: &Option<String>| text.as_ref().map(|text| text.replace("\r\n", "\n")).filter(|text| !text.trim().is_empty());
        ProjectInput { brief: plain(&self.brief), text: plain(&self.text), options: self.options(), ..ProjectInput::default() }
    }

    pub(super) fn options(&self) -> ProjectOptions {
        let mut form = self.clone();
        ProjectOptions::default().chosen(|name| form.field(name)?.take())
    }

    /// Takes a field of a form that comes in parts; false: it is none of a project's.
    pub(super) fn take(&mut self, name: &str, value: String) -> bool {
        self.field(name).map(|field| *field = Some(value)).is_some()
    }

    fn field(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "brief" => &mut self.brief,
            "text" => &mut self.text,
            "action" => &mut self.action,
            "stack" => &mut self.stack,
            "database" => &mut self.database,
            "access" => &mut self.access,
            "licence" => &mut self.licence,
            "front_end" => &mut self.front_end,
            "docker" => &mut self.docker,
            "ci" => &mut self.ci,
            _ => return None,
        })
    }

    /// Whether the model is to be made of an API description.
    pub(super) fn wants_import(&self) -> bool {
        self.action.as_deref() == Some("import")
    }

    /// Whether a model is wanted before anything is made of it: asked for, or there is none yet.
    pub(super) fn wants_draft(&self) -> bool {
        matches!(self.action.as_deref(), Some("draft" | "import")) || self.text.as_deref().is_none_or(|text| text.trim().is_empty())
    }
}
