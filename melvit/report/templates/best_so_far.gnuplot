set title {title}
set xlabel 'trial'
set ylabel '{metric}'
set xrange [0:{after_last}]
{metric_axis}
set key outside bottom center horizontal Left reverse
plot csv using 1:2 with points pointtype 7 pointsize 0.5 linecolor rgb '#7b8794' title 'a trial', \
  csv using 1:3 with steps linewidth 2 linecolor rgb '#D55E00' title 'best so far'
