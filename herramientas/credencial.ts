// node herramientas/arranque.mjs ejecutar herramientas/credencial.ts <viajero|operador|servicio> <identificador>
// Imprime una cabecera X-Actor válida por un día. Mientras no haya cuentas, quien puede leer la carpeta de datos puede firmar por cualquiera.
import { variablesApi } from 'aeroalpes-api/config/variables.ts'
import type { Rol } from 'seedwork/aplicacion/actor.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { prepararCarpeta } from 'seedwork/infraestructura/proceso/carpeta.ts'
import { leerClave } from 'seedwork/infraestructura/proceso/clave.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { firmarActor } from 'seedwork/presentacion/actor.ts'

const DIA_MS = 24 * 60 * 60_000

const [rol, id] = process.argv.slice(2)
if (rol === undefined || id === undefined) {
  console.error('Uso: credencial.ts <viajero|operador|servicio> <identificador>')
  process.exit(2)
}
const carpeta = prepararCarpeta(leerVariables(variablesApi, process.env).AEROALPES_DATOS)
console.log(firmarActor(leerClave(carpeta), { id, rol: rol as Rol }, entornoReal.reloj.ahora() + DIA_MS))
