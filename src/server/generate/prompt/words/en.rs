//! English.

use super::{Part, Words, Work};

// Word lists, packed: one word a line would be hundreds of lines.
#[rustfmt::skip]
pub const WORDS: Words = Words {
    code: "en",
    name: "English",
    stop: &[
        "the", "a", "an", "and", "of", "to", "in", "for", "with", "that", "is", "are", "it", "you", "i", "me", "my", "this", "on", "be",
        "should", "about", "or", "as", "from", "have", "do", "not", "please", "make", "write", "what", "how", "your", "at", "by", "we",
        "our", "if", "use",
    ],
    headings: &[
        (Part::Role, &["Role", "Persona"]),
        (Part::Task, &["Task", "Goal", "Objective", "Instruction", "Instructions", "Request"]),
        (Part::Context, &["Context", "Background", "Situation"]),
        (Part::Audience, &["Audience", "Target audience", "Readers"]),
        (Part::Inputs, &["Inputs", "Input", "Data", "Text", "Source", "Material"]),
        (Part::Constraints, &["Constraints", "Rules", "Requirements", "Limits", "Guidelines", "Restrictions"]),
        (Part::Tone, &["Tone", "Style", "Voice"]),
        (Part::Format, &["Output format", "Format", "Output", "Response format", "Expected output", "Deliverable"]),
        (Part::Examples, &["Examples", "Example"]),
        (Part::Success, &["Success criteria", "Acceptance criteria", "Quality criteria", "Evaluation", "Definition of done"]),
    ],
    cues: &[
        (
            Part::Examples,
            &[
                "for example", "e.g.", "for instance", "here is an example", "example:", "examples:", "sample output", "such as this",
                "like this one",
            ],
        ),
        (
            Part::Success,
            &[
                "it is good when", "it's good when", "success means", "successful if", "done when", "must pass", "all tests pass",
                "acceptance", "i will judge", "is correct if", "is right when", "i know it works", "the goal is reached",
                "should compile", "must compile", "passes when",
            ],
        ),
        (
            Part::Format,
            &[
                "format", "json", "markdown", "csv", "yaml", "xml", "html", "as a table", "in a table", "table with", "bullet points",
                "bullets", "bullet list", "as a list", "in a list", "numbered list", "output", "respond with", "answer with",
                "answer only", "reply only", "respond only", "reply with", "one of:", "return only", "return a", "give me back",
                "word*-long", "one paragraph", "paragraphs", "sentences", "in words", "words long", "max words", "words max",
                "words or less", "words or fewer", "-word", "words", "pages", "characters", "headings", "columns", "as code",
                "single file",
            ],
        ),
        (
            Part::Audience,
            &[
                "audience", "readers", "reader", "aimed at", "targeted at", "intended for", "for beginners", "beginner*", "for experts",
                "for children", "for kids", "for developers", "for students", "for my boss", "for customers", "for users", "for people",
                "year-old*", "years old", "non-technical", "for managers", "for engineers", "for clients", "for my team",
                "for colleagues", "for parents", "for teachers", "for investors", "for executives", "for patients", "for seniors",
                "layperson", "laypeople", "novices", "to a new", "to my", "to children", "to kids", "to beginners", "to someone",
                "my manager",
            ],
        ),
        (
            Part::Role,
            &[
                "you are a", "you are an", "you're a", "you're an", "act as", "acting as", "pretend to be", "pretend you are",
                "imagine you are", "take the role", "as an expert", "your role", "you are the",
            ],
        ),
        (
            Part::Tone,
            &[
                "tone", "friendly", "formal", "informal", "casual", "humorous", "funny", "professional", "enthusiastic", "polite",
                "serious", "playful", "voice", "style", "warm", "sarcastic", "persuasive",
            ],
        ),
        (
            Part::Inputs,
            &[
                "here is the", "here's the", "here are the", "here is my", "here's my", "the following", "below is", "given the",
                "input", "attached", "based on this", "this text", "this data", "this code", "text:", "data:", "the code below",
                "the text below", "this email", "this list",
            ],
        ),
        (
            Part::Constraints,
            &[
                "must", "mustn't", "don't", "do not", "never", "avoid", "without", "only", "no more than", "at most", "at least",
                "keep it", "limit", "make sure", "ensure", "always", "should", "shouldn't", "cannot", "can't", "include", "exclude",
                "less than", "fewer than", "maximum", "minimum", "make it", "keep the", "use", "has to", "have to", "needs to",
                "not longer", "up to", "budget", "deadline", "no", "stick to", "mention",
            ],
        ),
        (
            Part::Context,
            &[
                "i am", "i'm", "we are", "we're", "we have", "i have", "my company", "our company", "my team", "our team", "background",
                "context", "currently", "because", "since", "we use", "i work", "we sell", "the project", "our product", "my boss",
                "last week", "last year", "i run", "we run", "the situation", "python", "rust", "javascript", "typescript", "java",
                "postgres*", "linux", "windows", "react", "django", "node",
            ],
        ),
    ],
    verbs: &[
        (
            Work::Text,
            &[
                "write", "draft", "compose", "create", "generate", "prepare", "produce", "make", "come up with", "brainstorm", "suggest",
                "propose", "design", "plan", "outline", "list", "name", "give", "invent", "craft", "send", "reply", "respond", "tell",
                "i need", "i want", "we need", "we want", "i would like", "i'd like",
            ],
        ),
        (
            Work::Code,
            &[
                "implement", "code", "program", "build", "fix", "debug", "refactor", "optimize", "optimise", "test", "develop", "deploy",
                "configure", "automate", "port", "migrate", "add",
            ],
        ),
        (
            Work::Explain,
            &[
                "explain", "describe", "teach", "show", "compare", "discuss", "answer", "help", "recommend", "define", "advise", "argue",
                "evaluate", "how", "what", "why", "when", "which", "who", "where", "is", "are", "does", "should i",
            ],
        ),
        (
            Work::Transform,
            &[
                "summarize", "summarise", "translate", "rewrite", "rephrase", "paraphrase", "extract", "classify", "convert", "shorten",
                "correct", "proofread", "analyze", "analyse", "review", "edit", "improve", "format", "sort", "categorize", "label",
                "parse", "clean", "check", "turn", "transform", "find", "read", "take",
            ],
        ),
    ],
    openers: &[
        "i would like you to", "i'd like you to", "i would really like you to", "would you be so kind as to",
        "would it be possible for you to", "i was wondering if you could", "i want you to", "i need you to", "i'd love you to",
        "could you maybe", "can you maybe", "could you kindly", "could you", "would you", "can you", "will you", "would you mind to",
        "you should", "your task is to", "i need help to", "be so kind and", "go ahead and", "simply", "just",
    ],
    pleas: &[
        "please", "pls", "plz", "kindly", "hi,", "hello,", "hey,", "hi there,", "hello there,", "hey there,", "ok,", "okay,", "so,",
        "well,", "basically,",
    ],
    closers: &[
        "please", "pls", "plz", "thanks", "thank you", "thanks in advance", "thank you in advance", "many thanks", "thank you so much",
        "thank you very much", "if you please",
    ],
    courtesies: &[
        "hi", "hello", "hey", "hi there", "hello there", "hey there", "good morning", "good evening", "dear ai", "dear assistant",
        "thanks", "thank you", "thanks a lot", "thanks in advance", "thank you in advance", "thank you so much", "thank you very much",
        "many thanks", "cheers", "please help me", "please help", "help me please", "i hope you are well", "i hope you're well",
        "hope you are well", "how are you", "hope this makes sense", "i hope this makes sense", "much appreciated",
    ],
    vague: &[
        ("short", Part::Constraints, "how short, in words or sentences?"),
        ("brief", Part::Constraints, "how brief, in words or sentences?"),
        ("long", Part::Constraints, "how long, in words or pages?"),
        ("detailed", Part::Constraints, "how detailed, and about which points?"),
        ("good", Part::Success, "good in which respect?"),
        ("better", Part::Success, "better in which respect?"),
        ("nice", Part::Success, "what would be nice about it?"),
        ("great", Part::Success, "great in which respect?"),
        ("interesting", Part::Success, "interesting for whom, and how?"),
        ("professional", Part::Tone, "which tone exactly; like which publication?"),
        ("cool", Part::Tone, "what makes it cool?"),
        ("some", Part::Constraints, "how many?"),
        ("several", Part::Constraints, "how many?"),
        ("a few", Part::Constraints, "how many?"),
        ("many", Part::Constraints, "how many?"),
        ("etc.", Part::Constraints, "what else belongs to it?"),
        ("and so on", Part::Constraints, "what else belongs to it?"),
        ("stuff", Part::Constraints, "which things exactly?"),
        ("things", Part::Constraints, "which things exactly?"),
        ("fast", Part::Success, "how fast, measured how?"),
        ("quickly", Part::Success, "how quickly?"),
        ("simple", Part::Constraints, "simple for whom?"),
        ("modern", Part::Constraints, "which technologies or styles count as modern?"),
        ("user-friendly", Part::Success, "friendly to which users, and how will you tell?"),
        ("optimized", Part::Success, "optimized for what?"),
        ("soon", Part::Constraints, "by when?"),
    ],
    questions: &[
        (Part::Role, "whose expertise should the answer have?"),
        (Part::Task, "what exactly should be done?"),
        (Part::Context, "what has to be known: situation, tools and versions, what has been tried?"),
        (Part::Audience, "who will read this, and what do they know already?"),
        (Part::Inputs, "paste the material to work on here"),
        (Part::Constraints, "what must be kept to: length, limits, things to leave out?"),
        (Part::Tone, "which tone?"),
        (Part::Format, "length and form of the answer: list, table, prose, file?"),
        (Part::Examples, "an example of what you like"),
        (Part::Success, "how will you tell that the result is right?"),
    ],
    what_means: "“{}”",
};
