//! French.

use super::{Part, Words, Work};

// Word lists, packed: one word a line would be hundreds of lines.
#[rustfmt::skip]
pub const WORDS: Words = Words {
    code: "fr",
    name: "French",
    stop: &[
        "le", "la", "les", "un", "une", "des", "du", "et", "est", "pour", "dans", "avec", "sur", "que", "qui", "je", "tu", "vous",
        "nous", "il", "elle", "pas", "ne", "au", "aux", "ce", "cette", "ces", "mon", "ma", "mes", "notre", "nos", "votre", "écris",
        "écrivez", "rédige", "comment", "plus", "être", "sont", "en", "moi", "doit", "à", "où", "ou", "par",
    ],
    headings: &[
        (Part::Role, &["Rôle"]),
        (Part::Task, &["Tâche", "Objectif", "Mission", "Consigne", "Consignes", "Instructions"]),
        (Part::Context, &["Contexte", "Situation"]),
        (Part::Audience, &["Public", "Public cible", "Audience", "Lecteurs"]),
        (Part::Inputs, &["Données", "Entrées", "Texte", "Source", "Matériel"]),
        (Part::Constraints, &["Contraintes", "Règles", "Exigences", "Limites"]),
        (Part::Tone, &["Ton", "Style"]),
        (Part::Format, &["Format de sortie", "Format", "Sortie", "Format de réponse", "Résultat"]),
        (Part::Examples, &["Exemples", "Exemple"]),
        (Part::Success, &["Critères de réussite", "Critères de succès", "Critères de qualité"]),
    ],
    cues: &[
        (Part::Examples, &["par exemple", "p. ex.", "exemple :", "exemple:", "exemples :", "voici un exemple", "comme ceci"]),
        (
            Part::Success,
            &[
                "réussi si", "c'est réussi quand", "tous les tests", "correct si", "terminé quand", "l'objectif est atteint",
                "doit compiler",
            ],
        ),
        (
            Part::Format,
            &[
                "format", "json", "markdown", "csv", "yaml", "xml", "html", "tableau", "liste à puces", "puces", "sous forme de liste",
                "liste numérotée", "réponds uniquement", "réponds par", "réponds en", "mots", "pages", "page", "caractères",
                "paragraphe*", "phrases", "colonnes", "titres", "lignes",
            ],
        ),
        (
            Part::Audience,
            &[
                "public", "lecteur*", "pour débutants", "débutant*", "pour des enfants", "pour les enfants", "enfants",
                "pour des experts", "pour les développeurs", "pour des développeurs", "pour les étudiants", "pour des étudiants",
                "pour les clients", "pour nos clients", "pour mes clients", "destiné*", "s'adresse à", "grand public", "ans",
                "pour mon chef", "pour mon équipe", "non-spécialistes", "pour les parents",
            ],
        ),
        (
            Part::Role,
            &[
                "tu es un*", "vous êtes un*", "tu es le", "tu es la", "agis comme", "agis en tant que", "agissez comme",
                "imagine que tu es", "ton rôle", "votre rôle", "joue le rôle",
            ],
        ),
        (
            Part::Tone,
            &[
                "ton", "amical*", "formel*", "informel*", "décontracté*", "humoristique", "drôle", "professionnel*", "sérieux", "style",
                "enthousiaste", "chaleureux", "tutoie", "vouvoie",
            ],
        ),
        (
            Part::Inputs,
            &[
                "voici le", "voici la", "voici les", "voici mon", "voici ma", "ci-dessous", "suivant", "suivante", "suivants",
                "suivantes", "ce texte", "ces données", "ce code", "texte :", "données :", "ci-joint*",
            ],
        ),
        (
            Part::Constraints,
            &[
                "doit", "doivent", "ne", "pas", "jamais", "évite*", "éviter", "sans", "seulement", "uniquement", "au plus", "au maximum",
                "maximum", "au moins", "minimum", "assure-toi", "assurez-vous", "toujours", "utilise", "utilisez", "n'utilise*",
                "moins de", "plus de", "jusqu'à", "limite*", "budget", "délai", "mentionne*", "inclus*", "aucun*", "il faut",
            ],
        ),
        (
            Part::Context,
            &[
                "je suis", "nous sommes", "nous avons", "j'ai", "mon entreprise", "notre entreprise", "mon équipe", "notre équipe",
                "contexte", "actuellement", "parce que", "car", "nous utilisons", "je travaille", "nous vendons", "le projet",
                "notre produit", "mon chef", "la semaine dernière", "je gère", "python", "rust", "javascript", "typescript", "java",
                "postgres*", "linux", "windows", "react", "django",
            ],
        ),
    ],
    verbs: &[
        (
            Work::Text,
            &[
                "écris", "écrivez", "écrire", "rédige", "rédigez", "rédiger", "crée", "créez", "créer", "génère", "générez", "générer",
                "compose", "composez", "prépare", "préparez", "préparer", "fais", "faites", "faire", "propose", "proposez", "proposer",
                "liste", "listez", "donne", "donnez", "donner", "invente", "imagine", "planifie", "conçois", "réponds", "répondre",
                "je veux", "je voudrais", "j'aimerais", "j'ai besoin", "nous voulons", "il me faut",
            ],
        ),
        (
            Work::Code,
            &[
                "implémente", "implémenter", "code", "coder", "programme", "programmer", "corrige le code", "débogue", "refactorise",
                "optimise", "optimiser", "teste", "développe", "développer", "construis", "configure", "automatise", "ajoute",
            ],
        ),
        (
            Work::Explain,
            &[
                "explique", "expliquez", "expliquer", "explique-moi", "décris", "décrivez", "décrire", "montre", "montrez", "compare",
                "comparez", "comparer", "discute", "aide", "aidez", "aider", "aide-moi", "recommande", "définis", "évalue", "comment",
                "pourquoi", "quand", "quel", "quelle", "quels", "quelles", "qui", "qu'est-ce",
            ],
        ),
        (
            Work::Transform,
            &[
                "résume", "résumez", "résumer", "traduis", "traduisez", "traduire", "réécris", "réécrire", "reformule", "reformuler",
                "extrais", "extraire", "classe", "classer", "convertis", "convertir", "raccourcis", "corrige", "corrigez", "corriger",
                "analyse", "analysez", "analyser", "améliore", "améliorer", "trie", "vérifie", "vérifier", "relis", "lis", "trouve",
            ],
        ),
    ],
    openers: &[
        "est-ce que tu peux", "est-ce que vous pouvez", "est-ce que tu pourrais", "est-ce que vous pourriez", "pourriez-vous",
        "pourrais-tu", "pouvez-vous", "peux-tu", "tu peux", "vous pouvez", "je voudrais te demander de", "j'aimerais te demander de",
        "merci de", "veuillez", "simplement",
    ],
    pleas: &[
        "s'il te plaît,", "s'il vous plaît,", "s'il te plaît", "s'il vous plaît", "stp", "svp", "bonjour,", "salut,", "bonsoir,",
        "alors,",
    ],
    closers: &["s'il te plaît", "s'il vous plaît", "stp", "svp", "merci", "merci beaucoup", "merci d'avance", "merci bien"],
    courtesies: &[
        "bonjour", "salut", "bonsoir", "merci", "merci beaucoup", "merci d'avance", "merci bien", "merci par avance", "cordialement",
        "comment vas-tu", "comment ça va", "j'espère que tu vas bien", "j'espère que vous allez bien", "bonne journée",
    ],
    vague: &[
        ("court", Part::Constraints, "combien de mots ou de phrases ?"),
        ("courte", Part::Constraints, "combien de mots ou de phrases ?"),
        ("bref", Part::Constraints, "combien de mots ou de phrases ?"),
        ("long", Part::Constraints, "combien de mots ou de pages ?"),
        ("détaillé", Part::Constraints, "quels points, et avec quel détail ?"),
        ("bon", Part::Success, "bon à quel égard ?"),
        ("bonne", Part::Success, "bonne à quel égard ?"),
        ("meilleur", Part::Success, "meilleur à quel égard ?"),
        ("beau", Part::Success, "qu'est-ce qui le rend beau ?"),
        ("intéressant", Part::Success, "intéressant pour qui ?"),
        ("professionnel", Part::Tone, "quel ton exactement ?"),
        ("quelques", Part::Constraints, "combien ?"),
        ("plusieurs", Part::Constraints, "combien ?"),
        ("beaucoup", Part::Constraints, "combien ?"),
        ("etc.", Part::Constraints, "quoi d'autre ?"),
        ("choses", Part::Constraints, "lesquelles exactement ?"),
        ("trucs", Part::Constraints, "lesquels exactement ?"),
        ("rapide", Part::Success, "à quelle vitesse, mesurée comment ?"),
        ("moderne", Part::Constraints, "qu'est-ce qui compte comme moderne ?"),
        ("bientôt", Part::Constraints, "pour quand ?"),
    ],
    questions: &[
        (Part::Role, "de quelle expertise la réponse a-t-elle besoin ?"),
        (Part::Task, "que faut-il faire exactement ?"),
        (Part::Context, "ce qu'il faut savoir : situation, outils et versions, ce qui a été essayé"),
        (Part::Audience, "qui lira ceci, et que savent ces personnes déjà ?"),
        (Part::Inputs, "coller ici ce sur quoi il faut travailler"),
        (Part::Constraints, "que faut-il respecter : longueur, limites, ce qui est à laisser de côté ?"),
        (Part::Tone, "quel ton ?"),
        (Part::Format, "longueur et forme de la réponse : liste, tableau, prose, fichier ?"),
        (Part::Examples, "un exemple qui plaît"),
        (Part::Success, "à quoi verra-t-on que le résultat est juste ?"),
    ],
    what_means: "« {} »",
};
