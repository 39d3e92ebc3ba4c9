/*
 * Form fields: a label, the control, a hint and a fault, tied together for
 * screen readers.
 */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { clip } from "../lib/clip";
import { t } from "../strings";
import { Button } from "./button";

type Base = { label: string; hint?: string | undefined;
	fault?: string | undefined; optional?: boolean };

function Frame({ label, hint, fault, optional, id, children }: Base & {
    id: string; children: ComponentChildren }) {
	return <div class="field">
		<label for={id}>{label}{optional &&
			<span class="muted"> ({t.optional})</span>}</label>
		{children}
		{hint && !fault && <p class="hint" id={`${id}-hint`}>{hint}</p>}
		{fault && <p class="fault" id={`${id}-fault`} role="alert">
			{fault}</p>}
	</div>;
}

function described({ hint, fault }: Base, id: string): string | undefined {
	return fault ? `${id}-fault` : hint ? `${id}-hint` : undefined;
}

/** Of a note, a wish or a reason, as the hub takes them. */
const noteBytes = 500;

/** What is in @field, which takes no more than @bytes of it. */
function short(field: HTMLInputElement | HTMLTextAreaElement,
    bytes = Infinity): string {
	const text = clip(field.value, bytes);
	if (text !== field.value)
		field.value = text;
	return text;
}

export type TextProps = Base & { value: string;
	onInput: (value: string) => void; type?: string; required?: boolean;
	autofocus?: boolean; autocomplete?: string;
	/** Of UTF-8, at most. */
	bytes?: number;
	inputMode?: "numeric" | "text"; list?: string[]; spellcheck?: boolean;
	placeholder?: string; readOnly?: boolean; min?: number;
	/** Of a number, with parts of one. */
	parts?: boolean };

export function Text(props: TextProps) {
	const id = useId();
	const { value, onInput, type = "text", required, autofocus, list,
		autocomplete = "off", bytes, inputMode, placeholder,
		spellcheck = false, readOnly, min, parts } = props;
	return <Frame {...props} id={id}>
		<input id={id} class="input" type={type} value={value} dir="auto"
			required={required} autocomplete={autocomplete}
			inputMode={inputMode} min={min}
			step={parts ? "any" : undefined}
			placeholder={placeholder} readOnly={readOnly}
			spellcheck={spellcheck} autoFocus={autofocus}
			autoCapitalize="none"
			list={list ? `${id}-list` : undefined}
			aria-invalid={props.fault ? "true" : undefined}
			aria-describedby={described(props, id)}
			onInput={(e) => onInput(short(e.currentTarget, bytes))} />
		{list && <datalist id={`${id}-list`}>
			{list.map((one) => <option key={one} value={one} />)}
		</datalist>}
	</Frame>;
}

export function PasswordField(props: TextProps) {
	const id = useId();
	const [shown, show] = useState(false);
	return <Frame {...props} id={id}>
		<div class="input-row">
			<input id={id} class="input" value={props.value}
				type={shown ? "text" : "password"}
				required={props.required} spellcheck={false}
				autoCapitalize="none" maxLength={256}
				autocomplete={props.autocomplete}
				aria-invalid={props.fault ? "true" : undefined}
				aria-describedby={described(props, id)}
				onInput={(e) => props.onInput(e.currentTarget.value)} />
			<Button bare look="quiet" icon="eye" aria-pressed={shown}
				onClick={() => show(!shown)}>
				{shown ? t.gate.hide : t.gate.show}</Button>
		</div>
	</Frame>;
}

export function Area(props: Base & { value: string; rows?: number;
    onInput: (value: string) => void; required?: boolean;
    autofocus?: boolean }) {
	const id = useId();
	return <Frame {...props} id={id}>
		<textarea id={id} class="input" rows={props.rows ?? 3} dir="auto"
			value={props.value} required={props.required}
			autoFocus={props.autofocus}
			aria-describedby={described(props, id)}
			onInput={(e) => props.onInput(short(e.currentTarget,
			    noteBytes))} />
	</Frame>;
}

export function Select(props: Base & { value: string;
    options: [value: string, label: string][];
    onInput: (value: string) => void; small?: boolean }) {
	const id = useId();
	return <Frame {...props} id={id}>
		<select id={id} class={props.small ? "input small" : "input"}
			value={props.value}
			aria-describedby={described(props, id)}
			onInput={(e) => props.onInput(e.currentTarget.value)}>
			{props.options.map(([value, label]) =>
				<option key={value} value={value}
					selected={value === props.value}>
					{label}</option>)}
		</select>
	</Frame>;
}

export function Check({ label, checked, onInput, disabled, hint }: {
    label: ComponentChildren; checked: boolean; disabled?: boolean;
    onInput: (checked: boolean) => void; hint?: string }) {
	const id = useId();
	return <div class="check-row">
		<input id={id} type="checkbox" checked={checked}
			disabled={disabled}
			aria-describedby={hint ? `${id}-hint` : undefined}
			onChange={(e) => onInput(e.currentTarget.checked)} />
		<label for={id}>{label}</label>
		{hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
	</div>;
}

/** One of several, with a word on each. */
export function Choice<V extends string>({ label, value, options, onInput,
    headed }: { label: string; value: V;
    /** A heading says it already: the label is for screen readers. */
    headed?: boolean; onInput: (value: V) => void;
    options: { value: V; label: string; hint?: string }[] }) {
	const id = useId();
	return <fieldset class="choice">
		<legend class={headed ? "sr" : undefined}>{label}</legend>
		{options.map((one) => <label key={one.value} class="choice-one">
			<input type="radio" name={id} value={one.value}
				checked={one.value === value}
				onChange={() => onInput(one.value)} />
			<span><span class="choice-label">{one.label}</span>
				{one.hint && <span class="hint">{one.hint}</span>}
			</span>
		</label>)}
	</fieldset>;
}
