/** A project whose webhook answers with the request it was given, and whose button and webhook can fail. */
export const ECHO_FILES: Readonly<Record<string, string>> = {
  'project.yaml': `
name: Echo
slug: echo
active: true
params: [{key: GREETING, value: "Hello"}]
secrets: [{key: API_KEY, description: "of the service"}]
tasks:
  - name: Echo
    code: tasks/echo.ts
    active: true
    triggers:
      - {type: webhook, name: IN}
      - {type: button, name: GO, data: {n: 1}}
`,
  'protected.ts': `
export function fail(): void {
  throw new Error('refused by protected code');
}
export const greet = (name: string): string => params.GREETING + ' ' + name;
`,
  'tasks/echo.ts': `
export function handle_webhook(httprequest) {
  const { method, url, path, remote_addr, form, args, cookies } = httprequest;
  const files = Object.entries(httprequest.files).map(([name, file]) => ({
    name, filename: file.filename, content_type: file.content_type, size: file.size, text: new TextDecoder().decode(file.bytes()),
  }));
  return {
    method, url, path, remote_addr, form: { ...form }, args: { ...args }, cookies: { ...cookies }, files,
    all: httprequest.list('args', 'a'),
    data: [...httprequest.data.slice(0, 100)],
    length: httprequest.data.length,
    header: httprequest.headers.get('x-test'),
  };
}
export async function handle_button(data) {
  log('pressed with ' + JSON.stringify(data));
  if (data.fail) await fail();
  if (data.stay) await new Promise(() => {});
  return { pressed: data, greeting: await greet('World') };
}
`,
};
