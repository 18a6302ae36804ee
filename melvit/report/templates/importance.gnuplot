set title {title}
set xrange [0:112]
set xtics 0,20,100
set yrange [-0.6:{last}.6]
set ytics scale 0 {tics}
set grid noytics
set xlabel 'share of the scatter (%)'
set style fill solid 1 noborder
plot csv using ($3/2):1:($3/2):(0.32) with boxxyerror linecolor rgb '{colour}' notitle, \
  csv using 3:1:(sprintf('%.1f %%', $3)) with labels left offset 0.7,0 notitle
