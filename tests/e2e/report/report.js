/* SPDX-License-Identifier: Apache-2.0 */
'use strict';

/*
 * Opens the pages in the folder given and does what a reader does: filters,
 * opens incidents, copies commands, switches language and theme, prints. Speaks
 * TAP. What a page says on its console, or asks of a network, fails.
 */

const fs = require('node:fs');
const path = require('node:path');
const {chromium} = require('playwright-core');

const folder = process.argv[2];
const keep = process.env.E2E_KEEP;
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const address = name => `file://${path.join(folder, `${name}.html`)}`;

let number = 0;
let failed = 0;

function ok(holds, name, ...why) {
    number += 1;
    if (!holds) {
        failed += 1;
    }
    console.log(`${holds ? 'ok' : 'not ok'} ${number} - ${name}`);
    for (const line of holds ? [] : why.flat()) {
        console.log(`# ${String(line).replaceAll('\n', '\n# ')}`);
    }
}

const same = (have, want, name) => ok(
    JSON.stringify(have) === JSON.stringify(want), name,
    `have ${JSON.stringify(have)}`, `want ${JSON.stringify(want)}`);

/* Opens a page; what it complains of, or asks for, is gathered. */
async function open(browser, name, options = {}) {
    const context = await browser.newContext({
        viewport: {width: 1280, height: 900}, ...options});
    const page = await context.newPage();
    page.complaints = [];
    page.on('console', message => page.complaints.push(message.text()));
    page.on('pageerror', error => page.complaints.push(error.message));
    page.on('dialog', dialog => {
        page.complaints.push(`dialog: ${dialog.message()}`);
        dialog.dismiss();
    });
    page.on('request', request => {
        if (request.url() !== address(name)) {
            page.complaints.push(`asked for ${request.url()}`);
        }
    });
    await page.goto(address(name));
    await drawn(page);
    return page;
}

const drawn = page => page.waitForFunction(
    () => performance.getEntriesByName('drawn').length > 0);

/* Until what a click began is drawn, too. */
async function settled(page, act) {
    const before = await page.evaluate(
        () => performance.getEntriesByName('drawn').length);
    await act();
    await page.waitForFunction(
        count => performance.getEntriesByName('drawn').length > count, before);
}

async function close(page, name) {
    same(page.complaints, [], `${name}: nothing on the console, no request`);
    await page.context().close();
}

async function picture(page, name, selector) {
    if (keep) {
        if (selector) {
            await page.locator(selector).first().scrollIntoViewIfNeeded();
        }
        await page.screenshot({path: path.join(keep, `${name}.png`),
            fullPage: !selector});
    }
}

const rows = page => page.locator('#list tr[id^="incident-"]').count();
const text = (page, selector) => page.locator(selector).first().textContent();

/* What a reader sees of one incident that is open. */
const seen = (page, id) => page.evaluate(wanted => {
    const row = document.getElementById(`details-of-${wanted}`);
    const texts = (root, selector) => [...root.querySelectorAll(selector)]
        .map(element => element.textContent);
    const says = step => [...step.childNodes]
        .filter(node => node.nodeType === Node.TEXT_NODE)
        .map(node => node.textContent).join('').trim();
    return {
        title: document.querySelector(`#incident-${wanted} .title`).textContent,
        body: row.textContent,
        remedies: [...row.querySelectorAll('.remedy')].map(remedy => ({
            title: texts(remedy, 'summary')[0],
            steps: [...remedy.querySelectorAll('.step')].map(step => ({
                say: says(step),
                run: texts(step, ':scope > .command code')[0] ?? '',
                changes: step.querySelector(':scope > .changes') !== null,
            })),
        })),
        evidence: texts(row, '.evidence code'),
    };
}, id);

/* Every incident in full, against what `pullwhy show` prints of it. */
async function compare(page, language) {
    const lines = fs.readFileSync(path.join(folder, `shown.${language}`),
        'utf8').trim().split('\n').map(line => JSON.parse(line).incident);
    const wrong = [];
    for (const incident of lines) {
        const button = page.locator(`#incident-${incident.id} .open`);
        if (await button.getAttribute('aria-expanded') === 'false') {
            await button.click();
        }
        const have = await seen(page, incident.id);
        const want = incident.remedies.map(({title, steps}) => ({
            title,
            steps: steps.map(({say, run, changes}) => ({
                say: say ?? '', run: run ?? '', changes})),
        }));
        const paragraphs = incident.why.split('\n\n');
        if (JSON.stringify(have.remedies) !== JSON.stringify(want)) {
            wrong.push(`#${incident.id} ${JSON.stringify(have.remedies)}`,
                `want ${JSON.stringify(want)}`);
        }
        if (have.title !== incident.title ||
            !paragraphs.every(part => have.body.includes(part)) ||
            JSON.stringify(have.evidence) !==
                JSON.stringify(incident.evidence)) {
            wrong.push(`#${incident.id}: title, why or evidence`);
        }
    }
    ok(wrong.length === 0 && lines.length === 9,
        `${language}: all ${lines.length} incidents say what show says`, wrong);
}

/* Whether every chart has more than one colour. */
const charts = page => page.evaluate(() =>
    [...document.querySelectorAll('canvas')].map(canvas => {
        const {data} = canvas.getContext('2d')
            .getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size > 3;
    }));

async function accessible(page, name) {
    await page.evaluate(axe);
    const {violations} = await page.evaluate(() => globalThis.axe.run());
    const serious = violations.filter(
        ({impact}) => impact === 'serious' || impact === 'critical');
    ok(serious.length === 0, `${name}: axe-core finds nothing serious`,
        serious.map(({id, nodes}) => `${id}: ${nodes[0].html}\n${
            nodes[0].failureSummary}`));
    if (violations.length > serious.length) {
        console.log(`# ${name}: minor: ${violations.map(({id}) => id)}`);
    }
}

/* By an option's value, as a reader would choose it. */
const choose = (page, kind, value) => settled(page,
    () => page.selectOption(`#filter-${kind}`, value));
const search = (page, words) => settled(page,
    () => page.fill('#filter-search', words));

async function readSample(browser) {
    const page = await open(browser, 'sample');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    same(await rows(page), 9, 'the sample has nine incidents');
    same(await page.evaluate(() => document.documentElement.lang), 'en',
        'the page speaks the language that was asked for');
    same(await charts(page), Array(6).fill(true), 'six charts are drawn');

    await choose(page, 'registry', 'harborlight.azurecr.io');
    same(await rows(page), 3, 'a registry leaves three of them');
    same(await text(page, '#found'), '3 of 9', 'and says so');
    await choose(page, 'cause', 'image-not-found');
    same(await rows(page), 1, 'a cause one of these');
    await settled(page, () => page.click('#clear'));
    same(await rows(page), 9, 'all are back');
    await search(page, 'search-5c77d9d8b');
    same(await rows(page), 1, "a search finds a pod's name");
    await search(page, 'aadsts7000222');
    same(await rows(page), 1, 'and what only a log line says');
    await search(page, 'no such thing');
    same(await rows(page), 0, 'or nothing');
    ok((await text(page, '#list')).includes('No incident fits'), 'and says so');
    await settled(page, () => page.click('#clear'));

    await page.locator('.chart details').nth(3).locator('summary').click();
    await settled(page, () => page.getByRole('button',
        {name: 'quarrystone.azurecr.io', exact: true}).click());
    same(await rows(page), 1, "a chart's table filters, too");
    await settled(page, () => page.click('#clear'));
    const bars = page.locator('.chart').nth(3).locator('canvas');
    const {width} = await bars.boundingBox();
    await settled(page, () => bars.click({position: {x: width / 2, y: 16}}));
    same(await page.inputValue('#filter-registry'), 'harborlight.azurecr.io',
        "and so does a chart's bar");
    await settled(page, () => page.click('#clear'));

    await page.focus('#sort-failed_pulls');
    await page.keyboard.press('Enter');
    same(await page.locator('th[aria-sort]').getAttribute('aria-sort'),
        'descending', 'the keyboard sorts');
    const counts = await page.locator('#list tbody tr > td:nth-child(3)')
        .allTextContents();
    same(counts, [...counts].sort((a, b) => b - a), 'by the number');
    await page.locator('#incident-2 .open').focus();
    await page.keyboard.press('Enter');
    same(await page.locator('#incident-2 .open').getAttribute('aria-expanded'),
        'true', 'and opens an incident');
    const command = page.locator('#details-of-2 .command').first();
    await command.getByRole('button').click();
    same(await page.evaluate(() => navigator.clipboard.readText()),
        await command.locator('code').textContent(),
        'a command is copied as it is shown');
    same(await text(page, '#said'), 'Copied', 'which is said');

    await compare(page, 'en');
    await picture(page, 'sample-light-en');
    await settled(page, () => page.click('#language'));
    same(await page.evaluate(() => document.documentElement.lang), 'ja',
        'the language is switched');
    ok((await text(page, '#incidents-title')) === 'インシデント' &&
        (await page.title()).includes('イメージをプルできない理由'),
    'heads and title, too');
    await compare(page, 'ja');
    await picture(page, 'sample-light-ja');

    const ground = () => page.evaluate(
        () => getComputedStyle(document.body).backgroundColor);
    same(await ground(), 'rgb(246, 247, 249)', 'the theme is the light one');
    await page.click('#theme');
    same(await ground(), 'rgb(18, 22, 28)', 'the theme is switched');
    same(await charts(page), Array(6).fill(true), 'the charts are drawn anew');
    await picture(page, 'sample-dark-ja');
    await page.emulateMedia({media: 'print'});
    same(await ground(), 'rgb(255, 255, 255)', 'paper is white in any theme');
    ok(!await page.locator('#filters').isVisible() &&
        !await page.locator('.copy').first().isVisible() &&
        await page.locator('#details-of-2').isVisible(),
    'what cannot be clicked there is left out');
    await page.emulateMedia({media: 'screen'});
    await page.goto(`${address('sample')}#incident-5`);
    await page.reload();
    await drawn(page);
    same(await page.locator('#incident-5 .open').getAttribute('aria-expanded'),
        'true', 'an address leads to an incident');
    await close(page, 'sample');
}

/* In every look that there is, with all of it open. */
async function looks(browser) {
    for (const colorScheme of ['light', 'dark']) {
        for (const [language, width] of [['en', 1280], ['ja', 400]]) {
            const page = await open(browser, 'sample',
                {colorScheme, viewport: {width, height: 900}});
            if (language === 'ja') {
                await settled(page, () => page.click('#language'));
            }
            await page.click('#incident-1 .open');
            await page.evaluate(() => document.querySelectorAll('details')
                .forEach(element => {
                    element.open = true;
                }));
            const name = `${colorScheme} ${language} ${width}`;
            await accessible(page, name);
            same(await page.evaluate(() =>
                document.documentElement.scrollWidth <= innerWidth), true,
            `${name}: nothing stands out at the side`);
            await picture(page, `sample-${colorScheme}-${language}-${width}`);
            await close(page, name);
        }
    }
}

async function hostile(browser) {
    const page = await open(browser, 'hostile');
    const count = await rows(page);
    const buttons = page.locator('#list .open');
    for (let i = 0; i < count; i += 1) {
        await buttons.nth(i).click();
    }
    const shown = await text(page, '#list');
    for (const word of ['</script><script>window.ran=1</script>',
        '<img src=x onerror=window.ran=2>', '<!--<script>window.ran=3',
        'javascript:window.ran=4',
        '&lt;b&gt; &amp; ]]> {{policy}} ${window.ran=5}',
        '</script><svg onload=window.ran=6>',
        '<script>window.ran=7</script>',
        'turned \\u202earound\\u2028, \\xff \\x1b[31m']) {
        ok(shown.includes(word), `is text: ${word}`);
    }
    same(await page.evaluate(() => typeof window.ran), 'undefined',
        'none of it ran');
    same(await page.evaluate(() => document.querySelectorAll(
        'img, svg, b, iframe, object, embed, link, script[src]').length), 0,
    'none of it is an element');
    await picture(page, 'hostile');
    await close(page, 'hostile');

    /* Were there a way in, this is what it would meet. */
    const guarded = await open(browser, 'hostile');
    const refused = await guarded.evaluate(() => {
        const violated = [];
        document.addEventListener('securitypolicyviolation',
            event => violated.push(event.effectiveDirective));
        const script = document.createElement('script');
        try {
            script.text = 'window.ran = 8';
            document.body.append(script);
        } catch {
            violated.push('trusted types');
        }
        try {
            document.body.innerHTML += '<img src=x onerror="window.ran=9">';
        } catch {
            violated.push('trusted types');
        }
        const image = document.createElement('img');
        image.src = 'https://example.invalid/x';
        document.body.append(image);
        fetch('https://example.invalid/').catch(() => {});
        return new Promise(resolve => {
            const done = () => resolve([...new Set(violated)]);
            document.addEventListener('securitypolicyviolation', () => {
                if (violated.includes('img-src') &&
                    violated.includes('connect-src')) {
                    done();
                }
            });
            setTimeout(done, 10000);
        });
    });
    same(refused.sort(), ['connect-src', 'img-src',
        'require-trusted-types-for', 'trusted types'],
        'the policy refuses scripts, images and requests');
    same(await guarded.evaluate(() => typeof window.ran), 'undefined',
        'what gets in does not run');
    await guarded.context().close();
}

async function many(browser) {
    const times = [];
    for (let i = 0; i < 5; i += 1) {
        const page = await open(browser, 'many');
        times.push(await page.evaluate(() => Math.round(
            performance.getEntriesByName('listed')[0].startTime)));
        if (i === 4) {
            same(await rows(page), 50, '10,000 incidents: a page of them');
            same(await text(page, '#found'), '10,000 件中 10,000 件',
                'all are there');
            await page.click('#next');
            ok((await text(page, '#pages')).includes('10,000 件中 51 ～ 100 件'),
                'the next page');
            await search(page, 'app-4711-7d9f8c6b5d-x3z4k');
            same(await rows(page), 1, 'a pod is found among 30,000');
            await page.click('#list .open');
            ok((await text(page, '#list .details')).includes('shop/app-4711'),
                'with its details');
            await settled(page, () => page.click('#clear'));
            await picture(page, 'many-light-ja');
            await page.click('#theme');
            await settled(page, () => page.click('#language'));
            await picture(page, 'many-dark-en');
        }
        await close(page, `10,000 incidents, ${i + 1}`);
    }
    ok(Math.min(...times) < 1000, 'they are listed within a second', times);
    console.log(`# listed after ${times.join(', ')} ms`);
}

(async () => {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: process.getuid() === 0 ? ['--no-sandbox'] : [],
    });
    try {
        await readSample(browser);
        await looks(browser);
        await hostile(browser);
        await many(browser);
    } catch (error) {
        ok(false, 'the test got to its end', error.stack);
    } finally {
        await browser.close();
    }
    console.log(`1..${number}`);
    process.exitCode = failed > 0 ? 1 : 0;
})();
