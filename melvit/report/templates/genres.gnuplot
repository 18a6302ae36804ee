set title {title}
set xrange [0:1]
set xlabel 'share'
set yrange [{last}.6:-0.6]
set grid noytics
set ytics scale 0 {tics}
set key outside bottom center horizontal Left reverse samplen 1
set style fill solid 1 noborder
plot csv using ($3/2):($2-0.27):($3/2):(0.125) with boxxyerror linecolor rgb '#0072B2' title 'precision', \
  csv using ($4/2):2:($4/2):(0.125) with boxxyerror linecolor rgb '#E69F00' title 'recall', \
  csv using ($5/2):($2+0.27):($5/2):(0.125) with boxxyerror linecolor rgb '#009E73' title 'F1'
