// SPDX-License-Identifier: MIT
// The official OpenAI client, pointed at `squall serve` by OPENAI_BASE_URL alone. Every request that
// really leaves is counted in the client's own fetch, with the time it was sent.
import assert from 'node:assert/strict';
import test from 'node:test';
import OpenAI from 'openai';

assert.match(process.env.OPENAI_BASE_URL ?? '', /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
assert.equal(process.env.SQUALL_URL_PRIMARY, process.env.OPENAI_BASE_URL);

const messages = [{ role: 'user', content: 'What should a client do when it is told to wait?' }];

function newClient(options = {}) {
  const sent = [];
  const client = new OpenAI({
    apiKey: 'sk-not-a-secret',
    fetch: (url, init) => {
      sent.push({ at: performance.now(), retry: new Headers(init.headers).get('x-stainless-retry-count') });
      return fetch(url, init);
    },
    ...options,
  });
  return { client, sent };
}

test('a plain chat is answered at once', async () => {
  const { client, sent } = newClient();
  const { data, response } = await client.chat.completions.create({ model: 'healthy', messages }).withResponse();
  assert.equal(data.object, 'chat.completion');
  assert.match(data.id, /^chatcmpl-/);
  assert.equal(data.model, 'healthy');
  assert.equal(data.choices.length, 1);
  assert.equal(data.choices[0].finish_reason, 'stop');
  assert.equal(data.choices[0].message.role, 'assistant');
  assert.ok(data.choices[0].message.content.length > 0);
  assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + data.usage.completion_tokens);
  assert.match(response.headers.get('x-request-id') ?? '', /^req_/);
  assert.equal(data._request_id, response.headers.get('x-request-id'));
  assert.equal(sent.length, 1);
});

test('a streamed chat comes in pieces that make one answer', async () => {
  const { client, sent } = newClient();
  const stream = await client.chat.completions.create({
    model: 'healthy', messages, stream: true, stream_options: { include_usage: true },
  });
  const ids = new Set();
  let text = '', chunks = 0, finish = null, usage = null;
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    ids.add(chunk.id);
    chunks++;
    text += chunk.choices[0]?.delta?.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  assert.equal(ids.size, 1);
  assert.ok(chunks > 3);
  assert.ok(text.length > 0);
  assert.equal(finish, 'stop');
  assert.ok(usage.completion_tokens > 0);
  assert.equal(sent.length, 1);
});

test('the stream helper accumulates what was sent', async () => {
  const { client } = newClient();
  const runner = client.chat.completions.stream({ model: 'healthy', messages });
  let pieces = '';
  runner.on('content', (delta) => { pieces += delta; });
  const answer = await runner.finalChatCompletion();
  assert.equal(answer.choices[0].message.content, pieces);
  assert.equal(answer.choices[0].finish_reason, 'stop');
});

test('429, 429, 200 are exactly three requests', async () => {
  const { client, sent } = newClient({ maxRetries: 2 });
  const answer = await client.chat.completions.create({ model: 'throttled-twice', messages });
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.deepEqual(sent.map((request) => request.retry), ['0', '1', '2']);
});

test('retry-after of a second is a gap of at least a second', async () => {
  const { client, sent } = newClient();
  await client.chat.completions.create({ model: 'says-when', messages });
  assert.equal(sent.length, 2);
  const gap = sent[1].at - sent[0].at;
  assert.ok(gap >= 1000, `the gap was ${gap} ms`);
});

test('401 is one request and a typed error', async () => {
  const { client, sent } = newClient();
  await assert.rejects(client.chat.completions.create({ model: 'bad-key', messages }), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.status, 401);
    assert.equal(error.code, 'invalid_api_key');
    return true;
  });
  assert.equal(sent.length, 1);
});

test('500 three times is a typed error after three requests', async () => {
  const { client, sent } = newClient({ maxRetries: 2 });
  await assert.rejects(client.chat.completions.create({ model: 'broken', messages }), (error) => {
    assert.ok(error instanceof OpenAI.InternalServerError);
    assert.equal(error.status, 500);
    assert.equal(error.type, 'server_error');
    assert.match(error.requestID ?? '', /^req_/);
    return true;
  });
  assert.equal(sent.length, 3);
});

test('a model that is not there is a typed error', async () => {
  const { client, sent } = newClient();
  await assert.rejects(client.chat.completions.create({ model: 'nobody', messages }), OpenAI.NotFoundError);
  assert.equal(sent.length, 1);
});
