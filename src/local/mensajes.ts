import { parseArgs } from 'node:util'
import { variablesApi } from 'aeroalpes-api/config/variables.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { prepararCarpeta } from './carpeta.ts'
import { type ApartadoVisto, type Mensajeria, mensajeriaDeCarpeta } from './mensajeria.ts'

const USO = `Uso: npm run mensajes -- ver | reintentar [--topico T] [--suscripcion S] [--llave L] [--codigo C] [--json]

  ver         los mensajes que ningún reintento arregló, en orden, con su causa
  reintentar  los devuelve, en orden, a la suscripción que los apartó`

/** La línea de comandos de lo apartado. Sale con 2 si la orden no se entiende. */
const ejecutar = async (argumentos: string[]): Promise<number> => {
  const { values, positionals } = leerArgumentos(argumentos)
  const { json, ...filtro } = values
  const orden = positionals.length === 1 ? positionals[0] : undefined
  if (orden !== 'ver' && orden !== 'reintentar') {
    console.error(USO)
    return 2
  }
  const variables = leerVariables(variablesApi, process.env)
  const mensajeria = await mensajeriaDeCarpeta(prepararCarpeta(variables.AEROALPES_DATOS), entornoReal)
  try {
    await ORDENES[orden](mensajeria, filtro, json ?? false)
    return 0
  } finally {
    await mensajeria.cerrar()
  }
}

const texto = { type: 'string' } as const
const leerArgumentos = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: { topico: texto, suscripcion: texto, llave: texto, codigo: texto, json: { type: 'boolean' } },
  })

type Filtro = Parameters<Mensajeria['ver']>[0]

const ORDENES = {
  ver: async (mensajeria: Mensajeria, filtro: Filtro, json: boolean) => {
    const apartados = await mensajeria.ver(filtro)
    if (json) return console.log(JSON.stringify(apartados))
    for (const apartado of apartados) console.log(comoLinea(apartado))
    console.log(apartados.length === 0 ? 'Nada apartado.' : `${apartados.length} apartados.`)
  },
  reintentar: async (mensajeria: Mensajeria, filtro: Filtro, json: boolean) => {
    const reintentados = await mensajeria.reintentar(filtro)
    if (json) return console.log(JSON.stringify({ reintentados }))
    console.log(reintentados === 0 ? 'Nada que reintentar.' : `${reintentados} reintentados.`)
  },
}

const comoLinea = ({ topico, suscripcion, llave, tipo, codigo, causa, intentos, apartado, id }: ApartadoVisto): string =>
  `${apartado}  ${topico} → ${suscripcion}  ${tipo || '(sin tipo)'}  llave=${llave ?? '-'}  intentos=${intentos}\n  ${codigo}: ${causa}\n  id=${id}`

process.exitCode = await ejecutar(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
