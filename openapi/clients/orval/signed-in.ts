// What the functions that orval makes are to fetch with: where the server is, and who asks.

type Account = { endpoint: string; token: string };

let account: Account;

export function signIn(as: Account) {
  account = as;
}

export async function signedIn<T>(path: string, init: RequestInit): Promise<T> {
  const headers = new Headers(init.headers);
  headers.set("X-Auth-Token", account.token);
  const response = await fetch(account.endpoint + path, { ...init, headers });
  const text = await response.text();
  const data = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, data } as T;
}
