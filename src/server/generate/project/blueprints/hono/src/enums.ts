/** Closed sets of words. A new value is a word here, and nothing in the database. */
{% for enum in project.enums %}

/** {{ ("What is possible for " ~ enum.label)|doc }} */
export const {{ enum.name }} = [{% for value in enum['values'] %}{{ value.value|ts }}{{ "" if loop.last else ", " }}{% endfor %}] as const;
{% endfor %}
