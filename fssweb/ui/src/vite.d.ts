/* What the build knows beyond TypeScript: style sheets are imported. */
declare module "*.css";
