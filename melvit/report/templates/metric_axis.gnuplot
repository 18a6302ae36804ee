{if log_tics}
set logscale y
set yrange [{low}:{high}]
set ytics ({log_tics})
{else}
unset logscale y
set yrange [{low}:{high}]
set ytics autofreq
{end}
