export default {
  scm: {
    input: "scm.json",
    output: {
      target: "scm.ts",
      client: "fetch",
      override: { mutator: { path: "signed-in.ts", name: "signedIn" } },
    },
  },
};
