// The only code with `secrets`, `fetch` and npm packages. Tasks call what is exported here, and await it.

/** Whether the project is ready to talk to the service it is made for. */
export function isConfigured(): boolean {
  return Object.keys(secrets).length > 0;
}

// export async function getOrder(id: number) {
//   const response = await fetch(`https://api.example.com/orders/${id}`, {
//     headers: { authorization: `Bearer ${secrets.API_TOKEN}` },
//   });
//   if (!response.ok) throw new Error(`The API answered ${response.status}`);
//   return response.json();
// }
