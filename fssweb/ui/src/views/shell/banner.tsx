/*
 * A line at the top when the server or its hub is away, and a word when it is
 * back.
 */
import { useEffect, useRef } from "preact/hooks";
import { live } from "../../data/news";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { tell } from "../../ui/toast";

export function Banner() {
	const line = live.line.value;
	const away = line === "away" || line === "hub";
	const was = useRef(false);
	useEffect(() => {
		if (was.current && line === "live")
			tell(t.line.back);
		if (line === "live" || away)
			was.current = away;
	}, [line]);
	return <div role="status" aria-live="polite">
		{away && <div class="banner">
			<Icon name="warn" />
			<span>{line === "hub" ? t.line.hub : t.line.away}</span>
			{line === "away" && <Button onClick={() => live.hurry()}>
				{t.line.retry}</Button>}
		</div>}
	</div>;
}
