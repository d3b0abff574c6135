/* SPDX-License-Identifier: Apache-2.0 */
'use strict';

/* What of all incidents is shown: a search and one choice for each kind. */

const filters = (() => {
    const MANY = 300; /* choices of one kind; a search finds the rest */
    const SEVERITIES = ['critical', 'error', 'warning', 'info'];
    const STATES = ['open', 'quiet', 'resolved'];
    const form = document.getElementById('filters');
    const chosen = {
        search: '', severity: '', state: '', cause: '', registry: '',
        namespace: '', node: '',
    };
    let changed = () => {};
    let isFilled = false;

    /* The values that one incident has of a kind, each once. */
    const valuesOf = {
        severity: incident => [incident.severity],
        state: incident => [incident.state],
        cause: incident => [data.causeOf(incident).slug],
        registry: incident => [data.textOf(incident.registry)],
        namespace: incident => distinct(incident, 'namespace'),
        node: incident => distinct(incident, 'node'),
    };

    function distinct(incident, name) {
        incident.values ??= {};
        incident.values[name] ??= [...new Set(
            data.affectedOf(incident).map(row => row[name]))];
        return incident.values[name];
    }

    const labels = {
        severity: value => words.of('severity', value),
        state: value => words.of('state', value),
        cause: value => words.pick(data.causeOfSlug(value).title),
    };

    function fits(incident, searched) {
        for (const [kind, of] of Object.entries(valuesOf)) {
            if (chosen[kind] && !of(incident).includes(chosen[kind])) {
                return false;
            }
        }
        if (searched.length === 0) {
            return true;
        }
        const haystack = data.haystackOf(incident);
        return searched.every(word => haystack.includes(word));
    }

    /* The incidents to be shown, in the order of the data. */
    function select() {
        const searched = chosen.search.toLowerCase().split(/\s+/)
            .filter(word => word);
        return data.incidents.filter(incident => fits(incident, searched));
    }

    /* Whether the cells of one affected are of the chosen namespace and node. */
    const covers = ([namespace, , , node]) =>
        (!chosen.namespace || data.textOf(namespace) === chosen.namespace) &&
        (!chosen.node || data.textOf(node) === chosen.node);

    /* The choices, the most frequent first, or in their own order. */
    function choices(kind) {
        const counts = new Map();
        for (const incident of data.incidents) {
            for (const value of valuesOf[kind](incident)) {
                counts.set(value, (counts.get(value) ?? 0) + 1);
            }
        }
        counts.delete('');
        const fixed = {severity: SEVERITIES, state: STATES}[kind];
        if (fixed) {
            return fixed.filter(value => counts.has(value))
                .map(value => [value, counts.get(value)]);
        }
        return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
            .slice(0, MANY);
    }

    function selection(kind) {
        const select = make('select', {
            id: `filter-${kind}`,
            change() {
                set(kind, select.value);
            },
        }, make('option', {value: ''}, words.say('all')));
        return make('div', {},
            make('label', {for: select.id}, words.say(kind)), select);
    }

    /* The choices themselves, once; they are many, and not the first to be
     * looked at. */
    function fill() {
        if (isFilled) {
            return;
        }
        isFilled = true;
        for (const kind of Object.keys(valuesOf)) {
            const label = labels[kind] ?? (value => value);
            document.getElementById(`filter-${kind}`).append(
                ...choices(kind).map(([value, count]) => make('option',
                    {value}, `${label(value)} (${words.number(count)})`)));
        }
        update();
    }

    function searchField() {
        let timer;
        const input = make('input', {
            type: 'search', id: 'filter-search', autocomplete: 'off',
            spellcheck: 'false',
            input() {
                clearTimeout(timer);
                timer = setTimeout(() => set('search', input.value), 150);
            },
        });
        input.value = chosen.search;
        return make('div', {class: 'wide'},
            make('label', {for: input.id}, words.say('search')), input);
    }

    function render() {
        isFilled = false;
        form.replaceChildren(searchField(),
            ...Object.keys(valuesOf).map(selection),
            make('div', {}, make('button', {
                type: 'button', class: 'plain', id: 'clear',
                disabled: !Object.values(chosen).some(value => value),
                click: clear,
            }, words.say('clear'))));
    }

    /* The controls stay what they are, so that the focus does, too. */
    function update() {
        for (const kind of Object.keys(valuesOf)) {
            const select = document.getElementById(`filter-${kind}`);
            const value = chosen[kind];
            if (isFilled && ![...select.options].some(
                option => option.value === value)) {
                select.append(make('option', {value}, value));
            }
            select.value = value;
        }
        document.getElementById('clear').disabled =
            !Object.values(chosen).some(value => value);
    }

    function set(kind, value) {
        if (chosen[kind] !== value) {
            chosen[kind] = value;
            update();
            changed();
        }
    }

    function clear() {
        for (const kind of Object.keys(chosen)) {
            chosen[kind] = '';
        }
        document.getElementById('filter-search').value = '';
        update();
        document.getElementById('filter-search').focus();
        changed();
    }

    form.addEventListener('submit', event => event.preventDefault());

    return {
        clear, covers, fill, render, select, set,
        chosen: kind => chosen[kind],
        label: (kind, value) => (labels[kind] ?? (text => text))(value),
        toggle(kind, value) {
            set(kind, chosen[kind] === value ? '' : value);
        },
        onChange(call) {
            changed = call;
        },
    };
})();
