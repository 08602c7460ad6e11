//! No name becomes a path that leads out of a project, a workshop or a ZIP.

use livegen::{
    protocol::project::{ProjectModel, ProjectOptions},
    server::generate::{
        archive,
        project::{
            blueprint::{blueprint, names},
            model::{sample::sample_model, validate},
        },
    },
};
use proptest::prelude::*;

/// What somebody might try: steps up, roots, drives, devices, controls, other scripts, and the like of templates.
fn hostile() -> impl Strategy<Value = String> {
    let parts = [
        "..",
        "/",
        "\\",
        ".",
        "\0",
        "C:",
        "CON",
        "nul",
        "~",
        "$HOME",
        "\n",
        "\r",
        " ",
        "%2e%2e",
        "\u{202e}b",
        "．．",
        "／",
        "é",
        "本",
        "{{",
        "}}",
        "{%",
        "'",
        "\"",
        "`",
        "-",
        "--",
        "a",
        "Book",
        "book",
        ".git",
        ".env",
        "\u{202e}",
        "\u{7f}",
        "\u{200b}",
        "x".repeat(300).leak(),
    ];
    prop_oneof![
        prop::collection::vec(prop::sample::select(parts.to_vec()), 0..6).prop_map(|parts| parts.concat()),
        ".{0,20}".prop_map(|text| text),
    ]
}

fn stays_inside(path: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.len() <= 255
            && !part.ends_with(['.', ' '])
            && !part.chars().any(|char| char.is_control() || "\\:*?\"<>|".contains(char))
    };
    path.split('/').all(is_plain)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Names are hostile anywhere: the model is refused, or everything that is made of it stays where it belongs.
    #[test]
    fn names_never_escape(seed in 0u64..1000, name in hostile(), entity in hostile(), field in hostile(), where_ in 0usize..7) {
        let mut model: ProjectModel = sample_model(seed, 2);
        if where_ & 1 == 0 { model.name.clone_from(&name); }
        if where_ & 2 != 0 { model.entities[0].name.clone_from(&entity); }
        if where_ & 4 != 0 { model.entities[0].fields[0].name.clone_from(&field); }
        let is_sound = validate(&model).is_ok();
        // Without asking whether it is sound, too: one wall is not enough.
        let Ok(files) = blueprint(&model, &ProjectOptions::default(), seed) else { return Ok(()) };
        let folder = names::kebab_case(&model.name);
        if is_sound {
            prop_assert!(stays_inside(&folder) && !folder.contains('/'), "{:?} → {folder:?}", model.name);
            for file in &files {
                prop_assert!(stays_inside(&file.path), "{:?}", file.path);
            }
            let names: Vec<String> = files.iter().map(|file| format!("{folder}/{}", file.path)).collect();
            let zip = archive::zip(names.iter().zip(&files).map(|(name, file)| (name.as_str(), file.content.as_bytes()))).unwrap();
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
            let mut seen = std::collections::HashSet::new();
            for at in 0..archive.len() {
                let entry = archive.by_index(at).unwrap();
                let inside = entry.enclosed_name().unwrap();
                prop_assert!(inside.starts_with(&folder) && !entry.is_symlink());
                prop_assert!(seen.insert(inside.to_string_lossy().to_lowercase()), "{inside:?} twice");
            }
        }
    }
}
