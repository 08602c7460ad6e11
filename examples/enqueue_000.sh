#!/bin/sh
# Queues a generation by document 000 and waits for its result, with nothing but curl.
#
#     examples/enqueue_000.sh openapi.yaml
#     SERVER=http://studio.example:3000 OUTPUT=suite.zip examples/enqueue_000.sh openapi.yaml
#
# It posts to /api/project-generation/generate/async and saves what comes of it. The document's progress is a WebSocket
# (/api/project-generation/ws/tasks/{task_id}); curl speaks it from 8.11 on only, so this asks for the same events over HTTP, where the
# server answers as soon as there are some. To watch the messages themselves: websocat, or `redis-cli psubscribe 'project_tasks:*'`.
set -eu

server=${SERVER:-http://127.0.0.1:3000}
output=${OUTPUT:-suite.zip}
description=${1:?usage: enqueue_000.sh openapi.yaml}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A guest's account is its cookie: curl keeps it in a jar. An answer that is no success is shown and ends this.
ask() { curl -sS --fail-with-body --noproxy '*' -c "$folder/jar" -b "$folder/jar" "$@"; }
# The first value of a text field of the JSON on stdin.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# A document in JSON goes into the request as it is; YAML as text, so quotes, backslashes, tabs and line ends are escaped.
case $(head -c 1 "$description") in
"{") { printf '{"openapi":' && cat "$description" && printf '}'; } >"$folder/request" ;;
*) { printf '{"openapi":"' && sed 's/\\/\\\\/g; s/"/\\"/g; s/	/\\t/g; s/\r$//; s/$/\\n/' "$description" | tr -d '\n' && printf '"}'; } >"$folder/request" ;;
esac

queued=$(ask -H 'Content-Type: application/json' --data-binary "@$folder/request" "$server/api/project-generation/generate/async") || {
    echo "refused: $queued" >&2
    exit 1
}
task=$(echo "$queued" | field task_id)
echo "$task $(echo "$queued" | field status)"

seen=0
while :; do
    ask -H 'Accept: application/json' "$server/api/v1/tasks/$task/events?after=$seen&wait=25" >"$folder/events"
    # One event a line; those with a status are the document's messages.
    { sed 's/},{"type"/},\n{"type"/g' "$folder/events" && echo; } >"$folder/lines"
    sed -n 's/.*"type":"status_update".*"status":"\([a-z]*\)".*"message":"\([^"]*\)".*/\1: \2/p' "$folder/lines" | uniq
    last=$(sed -n 's/.*"seq":\([0-9]*\),.*/\1/p' "$folder/lines" | tail -n 1)
    seen=${last:-$seen}
    if grep -q '"type":"completion"' "$folder/lines"; then
        status=$(grep '"type":"completion"' "$folder/lines" | field status)
        break
    fi
done

echo "$task $status"
[ "$status" = completed ] || exit 1
ask -o "$output" "$server/api/v1/tasks/$task/artifact"
echo "saved $output"
