/*
 * What this browser is called in the list of log-ins: "Firefox on Linux".
 * From its User-Agent, of which the first name that fits is the one meant.
 */
const browsers: [RegExp, string][] = [[/Edg\//, "Edge"], [/OPR\//, "Opera"],
	[/Firefox\//, "Firefox"], [/Chrom(e|ium)\//, "Chrome"],
	[/Safari\//, "Safari"]];
const systems: [RegExp, string][] = [[/Android/, "Android"],
	[/iPhone|iPad/, "iOS"], [/Windows/, "Windows"], [/Mac OS/, "macOS"],
	[/Linux|X11/, "Linux"]];

export function agentName(agent: string): string {
	const name = (list: [RegExp, string][]) =>
		list.find(([pattern]) => pattern.test(agent))?.[1];
	const browser = name(browsers) ?? "Browser", system = name(systems);
	return system ? `${browser} on ${system}` : browser;
}
