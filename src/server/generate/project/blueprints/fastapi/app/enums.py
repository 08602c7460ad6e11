"""Closed sets of words. A new value is a line here, and nothing in the database."""

from enum import StrEnum
{% for enum in project.enums %}


class {{ enum.name }}(StrEnum):
    """{{ ("What is possible for " ~ enum.label)|doc }}"""

{% for value in enum['values'] %}
    {{ value.name }} = {{ value.value|python }}
{% endfor %}
{% endfor %}
