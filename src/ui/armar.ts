// node src/ui/armar.ts <carpeta>: deja ahí la página ya empaquetada, para servirla con UI_ARMADA sin llevar con qué empaquetarla.
import { join } from 'node:path'
import { empaquetar } from './web/empaquetar.ts'
import { guardarPaquete } from './web/paquete.ts'

const [carpeta] = process.argv.slice(2)
if (carpeta === undefined) {
  console.error('Uso: node src/ui/armar.ts <carpeta>')
  process.exit(2)
}
await guardarPaquete(carpeta, await empaquetar(join(import.meta.dirname, 'vistas')))
