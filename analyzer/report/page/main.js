/* SPDX-License-Identifier: Apache-2.0 */
'use strict';

/* Puts the page together: language, theme, what is shown, what is printed. */

(() => {
    const root = document.documentElement;
    const prefersDark = matchMedia('(prefers-color-scheme: dark)');
    const printing = matchMedia('print');
    let theme = prefersDark.matches ? 'dark' : 'light';

    function renderTheme() {
        const isDark = theme === 'dark';
        const button = document.getElementById('theme');
        root.dataset.theme = theme;
        button.textContent = words.say(isDark ? 'to_light' : 'to_dark');
        charts.setDark(isDark && !printing.matches);
    }

    function renderAbout() {
        const {about} = data;
        const parts = [words.say('report')];
        if (data.incidents.length > 0) {
            parts.push(words.say('from_to', {
                first: words.time(about.first), last: words.time(about.last)}));
        }
        if (about.filters) {
            parts.push(words.say('only', {filters: about.filters}));
        }
        if (about.left_out > 0) {
            parts.push(words.say('left_out',
                {count: words.number(about.left_out)}));
        }
        parts.push(words.say('made', {time: words.time(about.made)}));
        document.getElementById('about').textContent = parts.join(' · ');
        document.getElementById('foot').textContent =
            words.say('foot', {version: about.version});
        document.title = `pullwhy: ${words.say('report')}`;
    }

    function renderWords() {
        root.lang = words.language();
        for (const element of document.querySelectorAll('[data-word]')) {
            element.textContent = words.say(element.dataset.word);
        }
        for (const element of document.querySelectorAll('[data-label]')) {
            element.setAttribute('aria-label',
                words.say(element.dataset.label));
        }
        const button = document.getElementById('language');
        button.textContent = words.say('other_language');
        button.lang = words.language() === 'en' ? 'ja' : 'en';
    }

    function renderTiles(incidents) {
        const pods = new Set();
        const nodes = new Set();
        const registries = new Set();
        let pulls = 0;
        for (const incident of incidents) {
            pulls += incident.count;
            registries.add(incident.registry);
            for (const cells of incident.affected) {
                if (filters.covers(cells)) {
                    const [namespace, pod, , node] = cells;
                    pods.add(pod && namespace * 2 ** 26 + pod);
                    nodes.add(node);
                }
            }
        }
        [pods, nodes, registries].forEach(set => set.delete(0));
        const open = incidents.filter(incident => incident.state === 'open');
        const tiles = {
            incidents: incidents.length, open_incidents: open.length,
            failed_pulls: pulls, pods: pods.size, nodes: nodes.size,
            registries: registries.size,
        };
        document.getElementById('tiles').replaceChildren(
            ...Object.entries(tiles).map(([name, value]) => make('div', {},
                make('dt', {}, words.say(name)),
                make('dd', {}, words.number(value)))));
    }

    /* The table first: the charts take longer, and are looked at later. */
    function show() {
        const incidents = filters.select();
        table.show(incidents);
        renderTiles(incidents);
        requestAnimationFrame(() => setTimeout(() => {
            filters.fill();
            charts.show(incidents);
            performance.mark('drawn');
        }));
    }

    function renderAll() {
        renderWords();
        renderTheme();
        renderAbout();
        filters.render();
        show();
    }

    /* "#incident-7" opens that one. */
    function openAddressed() {
        const match = /^#incident-(\d+)$/.exec(location.hash);
        if (match && !table.open(Number(match[1]))) {
            filters.clear();
            table.open(Number(match[1]));
        }
    }

    document.getElementById('theme').addEventListener('click', () => {
        theme = theme === 'dark' ? 'light' : 'dark';
        renderTheme();
        charts.render();
    });
    document.getElementById('language').addEventListener('click', () => {
        words.toggle();
        renderAll();
    });
    /* Until somebody chooses, what the system says counts. */
    prefersDark.addEventListener('change', () => {
        theme = prefersDark.matches ? 'dark' : 'light';
        renderTheme();
        charts.render();
    });
    /* Paper is white. */
    printing.addEventListener('change', () => {
        renderTheme();
        charts.render();
    });
    filters.onChange(show);
    addEventListener('hashchange', openAddressed);
    addEventListener('DOMContentLoaded', () => {
        table.render(); /* with the details of what was opened meanwhile */
        openAddressed();
    });
    renderAll();
    performance.mark('listed');
})();
