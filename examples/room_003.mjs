#!/usr/bin/env node
// Shows what happens in a project's room, with the reconnecting of document 003: a client with nothing but Node.
//
//     node examples/room_003.mjs PROJECT_ID              // Node 22 or later
//     node --experimental-websocket examples/room_003.mjs PROJECT_ID    // Node 20
//     SERVER=http://studio.example:3000 KEY=lg_… node examples/room_003.mjs PROJECT_ID [generate]
//     COOKIE='livegen_session=…' node examples/room_003.mjs PROJECT_ID      // as the guest whose cookie it is
//
// It loads the project (GET /api/projects/{id}), with `generate` starts its generation (POST /api/projects/{id}/generate), and enters its
// room (WS /api/ws/projects/{project_id}), which tells of the newest generation from its beginning. It ends with the first completion that
// comes: 0 when completed, 1 when not.

const server = process.env.SERVER ?? "http://127.0.0.1:3000";
// An API key (tasks:read and tasks:write), or a guest's account, which is its cookie: the one that the project was made with.
const headers = {
    ...(process.env.KEY && { authorization: `Bearer ${process.env.KEY}` }),
    ...(process.env.COOKIE && { cookie: process.env.COOKIE }),
};
const [projectId, action] = process.argv.slice(2);

const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 2000;
const MAX_DELAY_MS = 30_000;
const PING_MS = 30_000;

const handlers = {
    connection: (message) => console.log(`connected: ${message.message}`),
    status_update: (message) => console.log(`${message.status} ${message.progress}% ${message.message}`),
    agent_update: (message) => console.log(`agent ${message.agent} ${message.status}: ${message.message}`),
    log: (message) => console.log(`${message.level}: ${message.message}`),
    completion: async (message, socket) => {
        socket.close();
        console.log(`completion: ${message.status} ${message.message}`);
        const project = await request("GET", `/api/projects/${projectId}`);
        console.log(`project: ${project.name}, ${project.status}, ${project.files.length} files`);
        process.exit(message.status === "completed" ? 0 : 1);
    },
};

async function request(method, path) {
    const answer = await fetch(server + path, { method, headers });
    const body = await answer.json();
    if (!answer.ok) {
        console.error(`${method} ${path}: ${answer.status} ${body.detail}`);
        process.exit(2);
    }
    return body;
}

/**
 * Reconnects as the document says: after 2 s, 3 s, 4.5 s … at most 30 s, five times. A WebSocket sends no headers of ours, here as in
 * browsers: a ticket, good for one connection, says who we are.
 */
async function connect(attempt = 0) {
    const again = () => {
        if (attempt >= MAX_ATTEMPTS) {
            console.error("the server is gone");
            process.exit(2);
        }
        setTimeout(() => connect(attempt + 1), Math.min(FIRST_DELAY_MS * 1.5 ** attempt, MAX_DELAY_MS));
    };
    let ticket;
    try {
        ({ ticket } = await request("POST", "/api/v1/tickets"));
    } catch {
        return again();
    }
    const socket = new WebSocket(`${server.replace(/^http/, "ws")}/api/ws/projects/${projectId}?ticket=${ticket}`);
    let heartbeat;
    socket.onopen = () => {
        attempt = 0;
        heartbeat = setInterval(() => socket.send(JSON.stringify({ type: "ping" })), PING_MS);
    };
    socket.onmessage = (event) => {
        const message = JSON.parse(event.data);
        handlers[message.type]?.(message, socket); // others (pong, heartbeat, file) are not of interest here
    };
    // Node 20 says only `error` where the connection could not be made, and both where it broke.
    let lost = false;
    socket.onclose = socket.onerror = () => {
        if (lost) return;
        lost = true;
        clearInterval(heartbeat);
        again();
    };
}

if (!projectId) {
    console.error("usage: room_003.mjs PROJECT_ID [generate]");
    process.exit(2);
}
if (typeof WebSocket === "undefined") {
    console.error("this Node has no WebSocket: use Node 22, or node --experimental-websocket");
    process.exit(2);
}
const project = await request("GET", `/api/projects/${projectId}`);
console.log(`project: ${project.name}, ${project.status} ${project.progress}%`);
if (action === "generate") {
    const { task_id } = await request("POST", `/api/projects/${projectId}/generate`);
    console.log(`generating: ${task_id}`);
}
connect();
