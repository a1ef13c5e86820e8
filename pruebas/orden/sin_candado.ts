import type { Consulta, Sentencia } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Almacen, Tx } from 'seedwork/infraestructura/almacen/puerto.ts'

const CANDADO = / for update$/
const COMPARACION = / and "version" = \$\d+$/

/** La misma sentencia sobre las reservas, sin el candado de su lectura ni la versión que su cambio compara. */
const lisiar = ({ sql, valores }: Sentencia): Sentencia => {
  if (!sql.includes('"reservas"')) return { sql, valores }
  if (COMPARACION.test(sql)) return { sql: sql.replace(COMPARACION, ''), valores: valores.slice(0, -1) }
  return { sql: sql.replace(CANDADO, ''), valores }
}

const lisiadas = new WeakMap<object, object>()

const sinCandado = <P extends object, R>(consulta: Consulta<P, R>): Consulta<P, R> => {
  const hecha = (lisiadas.get(consulta) as Consulta<P, R> | undefined) ?? { sentencia: (dialecto) => lisiar(consulta.sentencia(dialecto)) }
  lisiadas.set(consulta, hecha)
  return hecha
}

const lisiarTx = (tx: Tx): Tx => ({
  todas: (consulta, parametros) => tx.todas(sinCandado(consulta), parametros),
  una: (consulta, parametros) => tx.una(sinCandado(consulta), parametros),
  ejecutar: (consulta, parametros) => tx.ejecutar(sinCandado(consulta), parametros),
  escribir: (consulta, parametros) => tx.escribir(sinCandado(consulta), parametros),
  juntar: (junta, valor) => tx.juntar(junta, valor),
  savepoint: (parte) => tx.savepoint((interior) => parte(lisiarTx(interior))),
  alConfirmar: (aviso) => tx.alConfirmar(aviso),
})

/** El almacén de PostgreSQL con lo que ordena los comandos de una reserva quitado: READ COMMITTED y nada más. */
export const almacenSinCandado = (almacen: Almacen): Almacen => ({
  ...almacen,
  ejecutar: (unidad, prioridad) => almacen.ejecutar((tx) => unidad(lisiarTx(tx)), prioridad),
})
