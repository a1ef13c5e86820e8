// npm run datos: lee entero el archivo de la carpeta de datos, lo esté usando alguien o no, y dice si algo no es lo que se escribió.

import { revisarArchivo } from 'seedwork/infraestructura/almacen/sqlite/revision.ts'
import { sumaDelLog } from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import { prepararCarpeta } from 'seedwork/infraestructura/proceso/carpeta.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { variablesApi } from './config/variables.ts'
import { sumas } from './sistema.ts'

const danos = revisarArchivo(prepararCarpeta(leerVariables(variablesApi, process.env).AEROALPES_DATOS), [sumaDelLog, ...sumas])
for (const dano of danos) console.error(dano)
console.log(danos.length === 0 ? 'Todo es lo que se escribió.' : 'Hay datos dañados: restaura la última copia que esté sana.')
process.exitCode = danos.length === 0 ? 0 : 1
