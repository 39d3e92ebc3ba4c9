/*
 * Buttons and links that look like them.  A button with an icon alone takes
 * its words as label and title.
 */
import type { ComponentChildren, JSX } from "preact";
import { go } from "../lib/router";
import { Icon, type IconName } from "./icon";

type Look = "plain" | "primary" | "danger" | "quiet";

type Common = {
	icon?: IconName | undefined;
	look?: Look | undefined;
	/** Shows the icon alone; @children become the label. */
	bare?: boolean | undefined;
	class?: string | undefined;
	children: ComponentChildren;
};

function looks({ look = "plain", bare, class: cls = "" }: Common): string {
	return `button ${look}${bare ? " bare" : ""} ${cls}`;
}

function inside({ icon, bare, children }: Common) {
	return <>
		{icon && <Icon name={icon} />}
		{!bare && <span>{children}</span>}
	</>;
}

type ButtonProps = Common & {
	busy?: boolean | undefined;
	type?: "button" | "submit";
	disabled?: boolean | undefined;
	onClick?: (event: MouseEvent) => void;
} & Pick<JSX.AriaAttributes, "aria-haspopup" | "aria-expanded"
	| "aria-pressed" | "aria-label" | "aria-describedby">
  & { id?: string; title?: string; tabIndex?: number };

export function Button(props: ButtonProps) {
	const { busy, type = "button", disabled, icon, look, bare, children,
		class: cls, onClick, ...rest } = props;
	const label = bare && typeof children === "string" ? children : undefined;
	return <button type={type} class={looks({ icon, look, bare,
		class: cls, children })}
		disabled={disabled} aria-busy={busy ? "true" : undefined}
		aria-disabled={busy ? "true" : undefined}
		aria-label={label} title={label} {...rest}
		onClick={(event) => {
			// Disabled it would lose the focus.
			if (busy)
				event.preventDefault();
			else
				onClick?.(event);
		}}>
		{inside({ icon, bare, children })}
	</button>;
}

/** A link within the page: a real one, so that it opens in tabs, too. */
export function Link({ to, children, class: cls, current, label, replace }: {
    to: string; children: ComponentChildren; class?: string;
    current?: boolean; label?: string | undefined;
    /** It is no step of the way back. */
    replace?: boolean }) {
	return <a href={to} class={cls} aria-label={label}
		aria-current={current ? "page" : undefined}
		onClick={(event) => {
			if (event.ctrlKey || event.metaKey || event.shiftKey ||
			    event.button !== 0)
				return;
			event.preventDefault();
			go(to, replace);
		}}>{children}</a>;
}

/** Saves a file: a plain link, so that the browser does the rest. */
export function DownloadLink(props: Common & { href: string }) {
	const { children, bare } = props;
	const words = typeof children === "string" ? children : undefined;
	return <a class={looks(props)} href={props.href} download=""
		aria-label={bare ? words : undefined} title={words}>
		{inside(props)}</a>;
}
