// Puerta S10: cada expresión regular de lo que corre y de sus dependencias, analizada con recheck y atacada con cadenas de 64 KB.
import { availableParallelism } from 'node:os'
import { anunciar } from '../../puerta.ts'
import { conPlazo } from '../apoyo/plazo.ts'
import { ADMITIDO_MS, type Vista, ver } from './atacar.ts'
import { EXENTAS } from './exentas.ts'
import { type Expresion, todas } from './extraer.ts'

const PLAZO_MS = 300_000

/** Una de cada clase: exponencial y cuadrática. Tienen que verse lentas y mal. */
const CONTROL: readonly Expresion[] = ['^(a+)+$', '\\s+$'].map((fuente) => ({ fuente, banderas: '', donde: 'control', deQuien: 'propia' }))

const verTodas = async (expresiones: readonly Expresion[]): Promise<readonly Vista[]> => {
  const vistas: Vista[] = []
  const quedan = [...expresiones]
  const trabajar = async (): Promise<void> => {
    for (let una = quedan.pop(); una !== undefined; una = quedan.pop()) {
      vistas.push(await ver(una))
      if (vistas.length % 200 === 0) console.error(`S10: ${vistas.length} de ${expresiones.length}`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, trabajar))
  return vistas
}

const exencionDe = ({ expresion }: Vista) => EXENTAS.find(({ donde }) => expresion.donde.startsWith(donde))

/** Mala: la propia que el análisis no da por buena, o cualquiera que tarde más de lo admitido. */
const esMala = ({ expresion, dicho, ms }: Vista): boolean => ms > ADMITIDO_MS || (expresion.deQuien === 'propia' && dicho !== 'safe')

const contar = ({ expresion: { fuente, banderas, donde }, dicho, porque, ms }: Vista): string =>
  `${donde} ${ms.toFixed(1)} ms, ${dicho} (${porque}): /${fuente.slice(0, 120)}/${banderas}`

await conPlazo('S10', PLAZO_MS, async () => {
  const inicio = performance.now()
  const control = await verTodas(CONTROL)
  const expresiones = todas()
  const vistas = await verTodas(expresiones)
  const malas = vistas.filter(esMala)
  const sinExencion = malas.filter((vista) => exencionDe(vista) === undefined)
  const sobran = EXENTAS.filter(({ donde }) => !expresiones.some((una) => una.donde.startsWith(donde)))
  const propias = vistas.filter(({ expresion }) => expresion.deQuien === 'propia')
  anunciar({
    id: 'S10',
    nombre: 'expresiones_regulares',
    corridas: vistas.length,
    cuentas: {
      propias: propias.length,
      peor_propia_ms: propias.reduce((peor, { ms }) => Math.max(peor, ms), 0).toFixed(2),
      vulnerables_propias: propias.filter(({ dicho }) => dicho !== 'safe').length,
      dependencias: vistas.length - propias.length,
      lentas_exentas: malas.length - sinExencion.length,
      sin_decidir: vistas.filter(({ dicho }) => dicho === 'unknown').length,
      s: Math.round((performance.now() - inicio) / 1_000),
    },
    control: control.every((vista) => esMala(vista) && vista.dicho === 'vulnerable' && vista.ms > ADMITIDO_MS) ? 'rojo' : 'verde',
    faltas: [...sinExencion.map(contar), ...sobran.map(({ donde }) => `la exención de ${donde} no es de ninguna`)],
    detalle: [
      ...control.map(contar),
      ...malas.filter((vista) => exencionDe(vista) !== undefined).map((vista) => `exenta: ${contar(vista)}`),
    ],
  })
})
// El analizador deja un proceso esperando más trabajo.
process.exit()
