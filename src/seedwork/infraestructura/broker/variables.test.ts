import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leerVariables } from '../variables.ts'
import { maquinaDelBroker, unSoloBroker, variablesBroker } from './variables.ts'

const leer = (env: NodeJS.ProcessEnv) => leerVariables(variablesBroker, env, [unSoloBroker])

test('B47 el broker se encuentra con cualquiera de sus dos nombres', () => {
  assert.equal(maquinaDelBroker(leer({ PULSAR_ADDRESS: 'broker' })), 'broker')
  assert.equal(maquinaDelBroker(leer({ BROKER_HOST: 'broker' })), 'broker')
  assert.equal(maquinaDelBroker(leer({ BROKER_HOST: 'broker', PULSAR_ADDRESS: 'broker' })), 'broker')
  assert.equal(maquinaDelBroker(leer({})), 'localhost')
})

test('B47 con dos nombres que dicen cosas distintas no se arranca', () => {
  assert.throws(() => leer({ BROKER_HOST: 'uno', PULSAR_ADDRESS: 'otro' }), /BROKER_HOST=uno y PULSAR_ADDRESS=otro/)
})

test('todo lo que está mal se dice a la vez, también lo que sólo está mal junto', () => {
  assert.throws(
    () => leer({ BROKER: 'kafka', BROKER_HOST: 'uno', PULSAR_ADDRESS: 'otro', PULSAR_PUERTO_HTTP: 'x' }),
    /BROKER=kafka[\s\S]*PULSAR_PUERTO_HTTP=x[\s\S]*BROKER_HOST=uno y/,
  )
})
