//! Files as agents write them, with what people made of them; and as they stand when all have written.

use serde_json::{Value, json};

use super::{
    MANIFEST,
    agents::author,
    ask::DRAFTS,
    blueprint::File,
    edits, fork,
    task::{asked, made, settled},
};
use crate::{
    protocol::{
        Level, Problem,
        edit::{Conflict, ConflictKind},
    },
    server::generate::{StageContext, StageError, Step, Work},
};

/// The files that an agent writes.
pub async fn write(agent: &str, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
    let files: Vec<File> = made(&settled(work)?).await?.into_iter().filter(|file| author(&file.path) == agent).collect();
    let count = files.len();
    let edits: Vec<_> = asked(&work.input).map_err(StageError::Fail)?.edits.iter().filter(|edit| author(&edit.path) == agent).collect();
    let (mut generated, mut conflicts) = (serde_json::Map::new(), Vec::new());
    for (index, File { path, content }) in files.iter().enumerate() {
        let percent = u8::try_from((index * 100 / count.max(1)).min(99)).unwrap_or(99);
        context.step(Step { percent, message: path.clone(), ..Step::default() }).await?;
        let Some(edit) = edits.iter().find(|edit| edit.path == *path) else {
            context.file(path, content.clone().into_bytes()).await?;
            continue;
        };
        generated.insert(path.clone(), json!(content));
        let (edit, new) = ((*edit).clone(), content.clone());
        let merged = tokio::task::spawn_blocking(move || edits::merge(&edit, &new)).await;
        let merged = merged.map_err(|_| StageError::Fail(Problem::internal()))?;
        context.log(Level::Info, format!("{path} was edited by hand: the edit is kept")).await?;
        context.file(path, merged.content.into_bytes()).await?;
        conflicts.extend(merged.conflict);
    }
    conflicts.extend(edits.iter().filter(|edit| !files.iter().any(|file| file.path == edit.path)).map(|edit| edits::gone(edit)));
    for Conflict { path, kind, hunks_total, .. } in &conflicts {
        let message = match kind {
            ConflictKind::Overlap => {
                format!("{path}: the same lines were edited by hand and generated anew ({hunks_total}×); the edit stands")
            }
            ConflictKind::Gone => format!("{path} was edited by hand and is not generated any more; the edit waits until it is again"),
        };
        context.log(Level::Warning, message).await?;
    }
    let message = match count {
        0 => "Nothing to do for these choices".to_owned(),
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    context.step(Step { percent: 99, message, ..Step::default() }).await?;
    Ok(json!({ "files": count, (fork::GENERATED_FIELD): generated, (fork::CONFLICTS_FIELD): conflicts }))
}

/// The project as the agents before have written it.
pub async fn written(context: &dyn StageContext) -> Result<Vec<File>, StageError> {
    let mut files = Vec::new();
    for path in context.files().await? {
        let content = context.read_file(&path).await?.unwrap_or_default();
        let content = String::from_utf8(content).map_err(|_| StageError::Fail(Problem::internal()))?;
        if path != MANIFEST && !path.starts_with(DRAFTS) {
            files.push(File { path, content });
        }
    }
    Ok(files)
}

/// As [`written`], but as if no rules had ever been added: an earlier run, whose files came along, may have kept some. They are tried anew.
pub async fn without_rules(work: &Work, plain: &[File], context: &dyn StageContext) -> Result<Vec<File>, StageError> {
    let edits = &asked(&work.input).map_err(StageError::Fail)?.edits;
    let mut files = written(context).await?;
    files.retain(|file| plain.iter().any(|made| made.path == file.path));
    for file in &mut files {
        let is_edited = edits.iter().any(|edit| edit.path == file.path);
        let made = plain.iter().find(|made| made.path == file.path).filter(|made| !is_edited && made.content != file.content);
        if let Some(made) = made {
            file.content.clone_from(&made.content);
            context.file(&file.path, file.content.clone().into_bytes()).await?;
        }
    }
    Ok(files)
}
