/* SPDX-License-Identifier: Apache-2.0 */
'use strict';

/* The words of the page in each language; a {name} is where a value goes. */

const words = (() => {
    const languages = ['en', 'ja'];
    const table = {
        report: ['Why images could not be pulled', 'イメージをプルできない理由'],
        skip: ['Skip to the incidents', 'インシデント一覧へ移動'],
        other_language: ['日本語', 'English'],
        to_dark: ['Dark colours', 'ダーク表示'],
        to_light: ['Light colours', 'ライト表示'],
        made: ['Made {time} UTC', '{time} UTC 作成'],
        from_to: ['incidents from {first} to {last} UTC',
            '{first} ～ {last} UTC のインシデント'],
        only: ['only {filters}', '条件: {filters}'],
        left_out: ['{count} left out: their causes are not in this catalogue',
            'カタログにない原因の {count} 件を除く'],
        empty: ['The history has no such incident.',
            '該当するインシデントは履歴にありません。'],
        charts: ['Overview', '概要'],
        incidents: ['Incidents', 'インシデント'],
        open_incidents: ['Open', '継続中'],
        failed_pulls: ['Failed pulls', '失敗したプル'],
        pods: ['Pods', 'Pod'],
        nodes: ['Nodes', 'ノード'],
        registries: ['Registries', 'レジストリ'],
        filters: ['Filters', '絞り込み'],
        search: ['Search (names, causes, log lines)',
            '検索 (名前、原因、ログ)'],
        severity: ['Severity', '重要度'],
        state: ['State', '状態'],
        cause: ['Cause', '原因'],
        registry: ['Registry', 'レジストリ'],
        namespace: ['Namespace', '名前空間'],
        node: ['Node', 'ノード'],
        pod: ['Pod', 'Pod'],
        container: ['Container', 'コンテナー'],
        image: ['Image', 'イメージ'],
        all: ['all', 'すべて'],
        none_named: ['(not known)', '(不明)'],
        clear: ['Clear filters', '絞り込みを解除'],
        found: ['{count} of {all}', '{all} 件中 {count} 件'],
        nothing: ['No incident fits these filters.',
            '条件に合うインシデントはありません。'],
        chart_time: ['Failed pulls over time, by cause',
            '失敗したプルの推移 (原因別)'],
        chart_who: ['Who failed when', 'いつ、どこで失敗したか'],
        chart_cause: ['By cause', '原因別'],
        chart_registry: ['By registry', 'レジストリ別'],
        chart_namespace: ['By namespace', '名前空間別'],
        chart_node: ['By node', 'ノード別'],
        by: ['by', '表示単位'],
        others: ['others', 'その他'],
        as_table: ['As a table', '表で見る'],
        chart_label: ['{title}: {list}. The same as a table follows.',
            '{title}: {list}。同じ内容の表が続きます。'],
        chart_empty: ['nothing', 'なし'],
        from: ['From (UTC)', '開始 (UTC)'],
        to: ['To (UTC)', '終了 (UTC)'],
        time: ['Time (UTC)', '時刻 (UTC)'],
        incident: ['Incident', 'インシデント'],
        first: ['First (UTC)', '最初 (UTC)'],
        last: ['Last (UTC)', '最新 (UTC)'],
        caption: ['Incidents; a row opens to its evidence and what to do',
            'インシデント一覧。行を開くとログと対処方法を表示します'],
        pages: ['Pages of the list', '一覧のページ'],
        page_of: ['{first} to {last} of {all}', '{all} 件中 {first} ～ {last} 件'],
        previous: ['Previous', '前へ'],
        next: ['Next', '次へ'],
        why: ['Why', '理由'],
        to_do: ['What to do', '対処方法'],
        look: ['look', '確認'],
        change: ['CHANGES SOMETHING', '変更を伴う操作'],
        do: ['do', '作業'],
        find: ['To find {names}:', '{names} の調べ方:'],
        untold: ['{names}: the log does not tell; put in your own',
            '{names}: ログからは分かりません。実際の値に置き換えてください'],
        copy: ['Copy', 'コピー'],
        copied: ['Copied', 'コピーしました'],
        not_copied: ['The browser did not allow it; select the text',
            'コピーできませんでした。テキストを選択してください'],
        copy_label: ['Copy: {text}', 'コピー: {text}'],
        affected: ['Affected', '影響を受けたもの'],
        show_all: ['Show all {count}', '{count} 件すべて表示'],
        recovered: ['pulled since', 'その後プル成功'],
        evidence: ['Evidence', 'ログ'],
        facts: ['What is known', '判明している事実'],
        also: ['Also said', '併発した原因'],
        sources: ['Sources', '参考資料'],
        span: ['Seen', '発生期間'],
        resolved_at: ['resolved {time} UTC', '{time} UTC 解決'],
        in_terminal: ['In a terminal', 'ターミナルで表示'],
        loading: ['One moment: the page is still being read.',
            'ページを読み込んでいます。'],
        foot: ['pullwhy {version}. Times are UTC; ~ marks estimates. ' +
            'Secrets were taken out of log lines before they were stored.',
        'pullwhy {version}。時刻は UTC、~ は推定。' +
            'ログ中の秘密情報は保存前に伏せられています。'],
    };
    let current = Math.max(0, languages.indexOf(data.about.language));

    const pick = texts => texts[current];

    function say(name, values = {}) {
        return pick(table[name]).replace(/\{(\w+)\}/g,
            (_, key) => values[key]);
    }

    /* Making a format takes long, using it does not. */
    const formats = languages.map(tag => new Intl.NumberFormat(tag));
    const number = value => formats[current].format(value);

    /* "2026-11-23 16:29"; people compare these with their logs. */
    const time = seconds => seconds
        ? new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')
        : '–';

    /* Of an incident: ~ where it is an estimate. */
    const about = (incident, seconds) =>
        (incident.approximate && seconds ? '~' : '') + time(seconds);

    return {
        say, number, time, about, pick,
        /* "state.open", a word that the program has for a value */
        of: (kind, value) => pick(data.words[`${kind}.${value}`]),
        language: () => languages[current],
        toggle() {
            current = 1 - current;
        },
    };
})();
