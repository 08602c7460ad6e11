//! Spanish.

use super::{Part, Words, Work};

// Word lists, packed: one word a line would be hundreds of lines.
#[rustfmt::skip]
pub const WORDS: Words = Words {
    code: "es",
    name: "Spanish",
    stop: &[
        "el", "la", "los", "las", "un", "una", "unos", "unas", "y", "de", "del", "en", "para", "con", "por", "que", "es", "son", "mi",
        "mis", "me", "tu", "no", "sin", "sobre", "como", "más", "este", "esta", "esto", "al", "lo", "se", "su", "debe", "escribe",
        "escribir", "haz", "crea", "quiero", "necesito", "cómo", "qué", "nuestro", "nuestra", "o",
    ],
    headings: &[
        (Part::Role, &["Rol", "Papel"]),
        (Part::Task, &["Tarea", "Objetivo", "Instrucciones", "Instrucción"]),
        (Part::Context, &["Contexto", "Antecedentes", "Situación"]),
        (Part::Audience, &["Público", "Audiencia", "Público objetivo", "Lectores"]),
        (Part::Inputs, &["Datos", "Entrada", "Entradas", "Texto", "Fuente", "Material"]),
        (Part::Constraints, &["Restricciones", "Reglas", "Requisitos", "Límites", "Condiciones"]),
        (Part::Tone, &["Tono", "Estilo"]),
        (Part::Format, &["Formato de salida", "Formato", "Salida", "Formato de respuesta", "Resultado"]),
        (Part::Examples, &["Ejemplos", "Ejemplo"]),
        (Part::Success, &["Criterios de éxito", "Criterios de aceptación", "Criterios de calidad"]),
    ],
    cues: &[
        (Part::Examples, &["por ejemplo", "p. ej.", "ejemplo:", "ejemplos:", "aquí tienes un ejemplo", "como este"]),
        (
            Part::Success,
            &["es correcto si", "estará bien si", "todas las pruebas", "todos los tests", "terminado cuando", "éxito", "debe compilar"],
        ),
        (
            Part::Format,
            &[
                "formato", "json", "markdown", "csv", "yaml", "xml", "html", "tabla", "viñetas", "lista con", "en una lista",
                "lista numerada", "responde solo", "responde con", "responde en", "palabras", "páginas", "página", "caracteres",
                "párrafo*", "frases", "oraciones", "columnas", "títulos",
            ],
        ),
        (
            Part::Audience,
            &[
                "público", "audiencia", "lector*", "para principiantes", "principiante*", "para niños", "niños", "para expertos",
                "para desarrolladores", "para estudiantes", "para clientes", "para nuestros clientes", "dirigido a", "dirigida a",
                "para mi jefe", "para mi equipo", "años", "para padres", "para usuarios", "para personas",
            ],
        ),
        (Part::Role, &["eres un*", "usted es un*", "actúa como", "actúe como", "imagina que eres", "tu papel", "tu rol", "haz de"]),
        (
            Part::Tone,
            &[
                "tono", "amigable", "amable", "formal", "informal", "divertido", "gracioso", "profesional", "serio", "estilo",
                "entusiasta", "cercano", "tutea",
            ],
        ),
        (
            Part::Inputs,
            &[
                "aquí está el", "aquí está la", "aquí están", "aquí tienes", "este es el", "a continuación", "siguiente*", "este texto",
                "estos datos", "este código", "texto:", "datos:", "adjunto",
            ],
        ),
        (
            Part::Constraints,
            &[
                "debe", "deben", "no", "nunca", "evita", "evitar", "sin", "solo", "sólo", "únicamente", "como máximo", "máximo",
                "al menos", "mínimo", "asegúrate", "siempre", "usa", "utiliza", "menos de", "más de", "hasta", "límite", "presupuesto",
                "plazo", "menciona", "incluye", "ningún*", "hay que", "tiene que",
            ],
        ),
        (
            Part::Context,
            &[
                "soy", "somos", "tenemos", "tengo", "mi empresa", "nuestra empresa", "mi equipo", "nuestro equipo", "contexto",
                "actualmente", "porque", "usamos", "trabajo en", "vendemos", "el proyecto", "nuestro producto", "mi jefe",
                "la semana pasada", "estamos", "estoy", "python", "rust", "javascript", "typescript", "java", "postgres*", "linux",
                "windows", "react", "django",
            ],
        ),
    ],
    verbs: &[
        (
            Work::Text,
            &[
                "escribe", "escriba", "escribir", "escríbeme", "redacta", "redacte", "redactar", "crea", "crear", "créame", "genera",
                "generar", "compón", "prepara", "preparar", "haz", "hazme", "hacer", "propón", "proponer", "propone", "lista", "enumera",
                "da", "dame", "dar", "inventa", "planifica", "diseña", "diseñar", "responde", "sugiere", "quiero", "necesito",
                "queremos", "necesitamos", "me gustaría",
            ],
        ),
        (
            Work::Code,
            &[
                "implementa", "implementar", "programa", "programar", "codifica", "depura", "refactoriza", "optimiza", "optimizar",
                "prueba", "desarrolla", "desarrollar", "construye", "configura", "automatiza", "arregla", "añade",
            ],
        ),
        (
            Work::Explain,
            &[
                "explica", "explique", "explicar", "explícame", "describe", "describir", "muestra", "mostrar", "compara", "comparar",
                "ayuda", "ayúdame", "ayudar", "ayudarme", "recomienda", "define", "evalúa", "cómo", "por qué", "cuándo", "cuál",
                "cuáles", "qué", "quién", "dónde",
            ],
        ),
        (
            Work::Transform,
            &[
                "resume", "resumir", "traduce", "traducir", "reescribe", "reescribir", "reformula", "extrae", "extraer", "clasifica",
                "clasificar", "convierte", "convertir", "acorta", "corrige", "corregir", "analiza", "analizar", "mejora", "mejorar",
                "ordena", "revisa", "revisar", "lee", "encuentra",
            ],
        ),
    ],
    openers: &[
        "¿serías tan amable de", "¿me podrías", "¿me puedes", "¿podrías", "¿puedes", "¿podría usted", "¿podría", "¿puede", "podrías",
        "puedes", "podría", "me gustaría pedirte", "simplemente",
    ],
    pleas: &["por favor,", "por favor", "porfa", "hola,", "buenos días,", "buenas,", "bueno,"],
    closers: &["por favor", "porfa", "gracias", "muchas gracias", "gracias de antemano", "gracias por adelantado"],
    courtesies: &[
        "hola", "buenos días", "buenas tardes", "buenas", "gracias", "muchas gracias", "gracias de antemano", "mil gracias", "saludos",
        "espero que estés bien", "¿cómo estás", "un saludo", "gracias por adelantado",
    ],
    vague: &[
        ("corto", Part::Constraints, "¿cuántas palabras o frases?"),
        ("corta", Part::Constraints, "¿cuántas palabras o frases?"),
        ("breve", Part::Constraints, "¿cuántas palabras o frases?"),
        ("largo", Part::Constraints, "¿cuántas palabras o páginas?"),
        ("detallado", Part::Constraints, "¿qué puntos, y con cuánto detalle?"),
        ("bueno", Part::Success, "¿bueno en qué sentido?"),
        ("buena", Part::Success, "¿buena en qué sentido?"),
        ("buen", Part::Success, "¿bueno en qué sentido?"),
        ("mejor", Part::Success, "¿mejor en qué sentido?"),
        ("bonito", Part::Success, "¿qué lo hace bonito?"),
        ("interesante", Part::Success, "¿interesante para quién?"),
        ("profesional", Part::Tone, "¿qué tono exactamente?"),
        ("algunos", Part::Constraints, "¿cuántos?"),
        ("algunas", Part::Constraints, "¿cuántas?"),
        ("varios", Part::Constraints, "¿cuántos?"),
        ("muchos", Part::Constraints, "¿cuántos?"),
        ("etc.", Part::Constraints, "¿qué más?"),
        ("cosas", Part::Constraints, "¿cuáles exactamente?"),
        ("rápido", Part::Success, "¿cuánto, y cómo se mide?"),
        ("moderno", Part::Constraints, "¿qué cuenta como moderno?"),
        ("pronto", Part::Constraints, "¿para cuándo?"),
    ],
    questions: &[
        (Part::Role, "¿de quién es la experiencia que debe tener la respuesta?"),
        (Part::Task, "¿qué hay que hacer exactamente?"),
        (Part::Context, "¿qué hay que saber: situación, herramientas y versiones, qué se ha probado?"),
        (Part::Audience, "¿quién leerá esto, y qué sabe ya?"),
        (Part::Inputs, "pega aquí el material con el que trabajar"),
        (Part::Constraints, "¿qué hay que respetar: extensión, límites, qué dejar fuera?"),
        (Part::Tone, "¿qué tono?"),
        (Part::Format, "¿extensión y forma de la respuesta: lista, tabla, prosa, archivo?"),
        (Part::Examples, "un ejemplo que guste"),
        (Part::Success, "¿cómo se sabrá que el resultado es correcto?"),
    ],
    what_means: "“{}”",
};
