/** The API: one module for each kind of thing. */

{% if accounts %}
import { authRoutes } from "../auth/routes.js";
{% endif %}
{% for entity in by_modules %}
import { {{ entity.var }}Routes } from "../routes/{{ entity.modules }}.js";
{% endfor %}
import { healthRoutes } from "./health.js";
import type { Operation } from "./operation.js";

export const operations: Operation[] = [{{ "authRoutes, " if accounts }}{% for entity in entities %}{{ entity.var }}Routes, {% endfor %}healthRoutes].flat();
