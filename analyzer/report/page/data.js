/* SPDX-License-Identifier: Apache-2.0 */
'use strict';

/*
 * The data of the page. What the table and the charts need stands before this
 * script; the details stand behind it, in blocks that are read when they are
 * asked for.
 */

const data = (() => {
    const block = id => JSON.parse(document.getElementById(id).textContent);
    const report = block('report');
    const blocks = [];
    let prose;
    let remedies;

    /* A row is an array, since 10,000 rows would say each name as often. */
    const incidents = report.incidents.map(([id, cause, severity, state, where,
        image, registry, first, last, resolved, approximate, count, pods,
        nodes, affected, tally], index) => ({
        index, id, cause, where, image, registry, first, last, resolved,
        approximate, count, pods, nodes, affected, tally,
        severity: report.about.severities[severity],
        state: report.about.states[state],
    }));

    /* Whether the browser has read the page to its end. */
    const isComplete = () => document.readyState !== 'loading';

    /* Needs a page that is complete. */
    function detailsOf(incident) {
        const number = Math.floor(incident.index / report.about.block);
        blocks[number] ??= block(`details-${number}`);
        return blocks[number][incident.index % report.about.block];
    }

    function remedyOf(number) {
        remedies ??= block('remedies');
        return remedies[number];
    }

    /* A sentence in each language. */
    function proseOf(number) {
        prose ??= block('prose');
        return prose[number];
    }

    /* Who suffers, with names for the cells. */
    const rowOf = ([namespace, pod, container, node, image, first, last,
        count, recovered]) => ({
        namespace: report.texts[namespace],
        pod: report.texts[pod],
        container: report.texts[container],
        node: report.texts[node],
        image: report.texts[image],
        first, last, count,
        recovered: recovered === 1,
    });

    function affectedOf(incident) {
        incident.rows ??= incident.affected.map(rowOf);
        return incident.rows;
    }

    /* A command: text, and names of facts at every second place. */
    const commandOf = (parts, facts) => parts
        .map((part, i) => i % 2 === 1 ? facts[part] : part).join('');

    const causeOf = incident => report.causes[incident.cause];
    const textOf = number => report.texts[number];

    /* All that a search looks through, in lower case. */
    function haystackOf(incident) {
        if (incident.haystack !== undefined) {
            return incident.haystack;
        }
        const cause = causeOf(incident);
        const parts = [`#${incident.id}`, cause.slug, ...cause.title,
            textOf(incident.where), textOf(incident.image)];
        for (const row of affectedOf(incident)) {
            parts.push(row.namespace, row.pod, row.container, row.node,
                row.image);
        }
        if (isComplete()) {
            const details = detailsOf(incident);
            parts.push(...Object.values(details.facts));
            parts.push(...details.evidence.map(line => line.line));
        }
        const haystack = parts.join('\n').toLowerCase();
        if (isComplete()) {
            incident.haystack = haystack;
        }
        return haystack;
    }

    return {
        about: report.about,
        words: report.words,
        incidents,
        affectedOf, causeOf, commandOf, detailsOf, haystackOf, isComplete, proseOf,
        remedyOf, textOf,
        causeOfSlug: slug => report.causes.find(cause => cause.slug === slug),
        causeAt: number => report.causes[number],
    };
})();
